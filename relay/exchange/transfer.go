package exchange

import (
	"fmt"
	"strings"

	"cordpair/relay/wire"
)

// transferCmd is calling.transfer. Of its destinations "context:NAME" is
// offered: the call goes to a consumer of that context, who takes it as a new
// one; who had it before is told of it no more.
type transferCmd struct{ wire.TransferParams }

func (m transferCmd) ref() wire.CallRef { return m.CallRef }

func (m transferCmd) check(*Exchange) *failure {
	name, ok := strings.CutPrefix(m.Dest, "context:")
	switch {
	case m.Dest == "":
		return bad("dest is missing: use context:NAME")
	case !ok:
		return &failure{wire.CodeForbidden, "dest: this exchange runs no SWML, inline or from a URL: use context:NAME"}
	case !isContext(name):
		return bad("dest: %.60q cannot be a context", name)
	}
	return nil
}

func (m transferCmd) do(c *call, req *request) {
	name := strings.TrimPrefix(m.Dest, "context:")
	tried := map[*session]bool{}
	switch s, _ := c.x.reg.peek(name, tried); {
	case c.direction != wire.Inbound && c.answered.IsZero():
		req.fail(conflict("call is not answered: it cannot be transferred yet"))
		return
	case c.peer != nil || c.connecting != nil || c.linked:
		req.fail(conflict("call is connected: disconnect its peer first"))
		return
	case s == nil:
		req.fail(&failure{wire.CodeNotFound, fmt.Sprintf("nobody receives the context %s", name)})
		return
	}
	req.ok("Transferring", c.id, "")
	c.leaveConference()
	c.stopActions()
	c.followers = nil
	c.context = name
	c.offer.to, c.offer.tried, c.offer.told = nil, tried, nil
	c.offer.again = !c.answered.IsZero()
	c.tryOffer()
}

// takeAgain is calling.answer by who was offered an answered call: it is up
// already, and its new owner is told so.
func (c *call) takeAgain(req *request) {
	c.offer.again = false
	c.stopOffer()
	req.ok("Answered", c.id, "")
	c.emit(wire.EventCallState, c.params())
}
