package exchange

import (
	"strings"
	"testing"

	"cordpair/relay/wire"
)

// TestParamsThatAreNoObject are refused in words that a program's author knows.
func TestParamsThatAreNoObject(t *testing.T) {
	c := connect(t, start(t))
	for _, params := range []any{[]int{}, "x", 7} {
		if r := c.command(wire.MethodPlay, params); r.Code != wire.CodeBad || strings.Contains(r.Message, "exchange.") {
			t.Errorf("%v: %+v", params, r)
		}
	}
}
