package stock

// This file is what other services call this one by.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	resil "github.com/resilgen/resilgen/runtime"
)

// ErrNoSuchItem is an answer, not an outage: clients return it as permanent, so that nobody retries
// it and no breaker counts it.
var ErrNoSuchItem = errors.New("there is no such item")

// A Client calls the service over HTTP. It has no policy of its own: each service that uses it says
// what it needs.
type Client struct {
	URL string // of the service, such as http://127.0.0.1:8080
}

// Price returns what an item costs, in cents.
func (c Client) Price(ctx context.Context, item string) (int, error) {
	body, err := c.ask(ctx, "GET", "price", item)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(body)
}

// Reserve puts an item aside for an order. To reserve again for the same order changes nothing.
func (c Client) Reserve(ctx context.Context, order, item string) error {
	_, err := c.ask(ctx, "PUT", "reserved", order, item)
	return err
}

func (c Client) ask(ctx context.Context, method string, path ...string) (string, error) {
	to, err := url.JoinPath(c.URL, path...)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, method, to, nil)
	if err != nil {
		return "", err
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	switch {
	case err != nil:
		return "", err
	case reply.StatusCode == http.StatusNotFound:
		return "", resil.Permanent(ErrNoSuchItem)
	case reply.StatusCode != http.StatusOK:
		return "", fmt.Errorf("stock: %s", reply.Status)
	}
	return string(body), nil
}
