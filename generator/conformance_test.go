package generator

// testdata/conformance holds the scenarios that other people wrote, played through generated
// wrappers. What is generated for it is compared with what is committed as for the golden packages;
// here it is run.

import "testing"

func TestConformance(t *testing.T) {
	args := []string{"test", "./conformance/..."}
	if *update {
		args = append(args, "-update")
	}
	for _, command := range [][]string{{"vet", "./conformance/..."}, args} {
		if output, err := inTestdata(t, command...); err != nil {
			t.Errorf("go %s: %v\n%s", command, err, output)
		}
	}
}
