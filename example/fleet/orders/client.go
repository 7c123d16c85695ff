package orders

// This file is what other services call this one by.

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// A Client calls the service over HTTP. It has no policy of its own: each service that uses it says
// what it needs.
type Client struct {
	URL string // of the service, such as http://127.0.0.1:8080
}

// Place places an order for an item.
func (c Client) Place(ctx context.Context, order, item string) error {
	to, err := url.JoinPath(c.URL, "orders", order, item)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, "PUT", to, nil)
	if err != nil {
		return err
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("orders: %s", reply.Status)
	}
	return nil
}
