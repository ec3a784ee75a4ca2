package model

import (
	"fmt"
	"strings"
	"time"
)

// mostTargets is how many may be hunted by one connect.
const mostTargets = 20

// ParseHunt reads who a connect calls: one SIP address, or several. A comma
// calls the next after the one before gave up, an ampersand at the same time:
// "a@x, b@x & c@x" calls a, then b and c together. It returns the addresses by
// step, in the normal form; the error wraps ErrAddress.
func ParseHunt(s string) ([][]string, error) {
	var steps [][]string
	n := 0
	for _, step := range strings.Split(s, ",") {
		var group []string
		for _, one := range strings.Split(step, "&") {
			a, err := ParseSIPAddress(one)
			switch {
			case err != nil && strings.TrimSpace(one) == "" && strings.TrimSpace(s) != "":
				return nil, fmt.Errorf("%w: nobody stands between two commas or &", ErrAddress)
			case err != nil && strings.ContainsAny(s, ",&"): // which of them
				return nil, fmt.Errorf("%w: %q: %s", ErrAddress, strings.TrimSpace(one), strings.TrimPrefix(err.Error(), ErrAddress.Error()+": "))
			case err != nil:
				return nil, err
			}
			group = append(group, a.URI)
			n++
		}
		steps = append(steps, group)
	}
	if n > mostTargets {
		return nil, fmt.Errorf("%w: %d targets, at most %d can be hunted", ErrAddress, n, mostTargets)
	}
	return steps, nil
}

// LastTarget cuts the target that is being typed off those before it.
func LastTarget(s string) (before, last string) {
	i := strings.LastIndexAny(s, ",&")
	return s[:i+1], strings.TrimLeft(s[i+1:], " ")
}

// Hunt is who the request calls, by step; nil when To cannot be read.
func (r ConnectRequest) Hunt() [][]string {
	steps, err := ParseHunt(r.To)
	if err != nil {
		return nil
	}
	return steps
}

// Several reports whether more than one peer is tried.
func (r ConnectRequest) Several() bool {
	h := r.Hunt()
	return len(h) > 1 || len(h) == 1 && len(h[0]) > 1
}

// RingTime is how long all steps together may ring.
func (r ConnectRequest) RingTime() time.Duration {
	return time.Duration(max(1, len(r.Hunt()))) * r.RingTimeout()
}
