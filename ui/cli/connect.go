package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"cordpair/model"
	"cordpair/ui/cli/config"
)

func connectCommand(p *program) *cobra.Command {
	var (
		link linkFlags
		req  requestFlags
		c    connectRun
	)
	cmd := &cobra.Command{
		Use:   "connect (--call ID | --dial ADDRESS) --from ADDRESS --to ADDRESS",
		Short: "Join a live call to a new SIP leg, once, for scripts",
		Long: `Join a live call to a new outbound SIP leg and report each state.

The call is named by --call (see: cordpair calls); one that still rings is
answered first. With --dial the first leg is dialled instead, and hung up again
when the command ends without a peer for it.

With --json each state change is one JSON object on one line:
  {"event":"connect","state":"dialing|ringing|connected|disconnected|failed",
   "call_id":"…","peer_id":"…","reason":"…","sip_code":0,
   "by":"peer|caller|operator|network|exchange","text":"…","at":"…"}
and, with --dial, {"event":"call",…} for the first leg.

0 means that the peer picked up (with --wait-end: and has left again). What the
peer does (busy, decline, no answer) is 3, with reason and sip_code to tell it
apart. ctrl+c cancels the connect.`,
		Example: `  cordpair connect --call 7c1e… --from sip:support@demo --to sip:bob@demo --timeout 30 --header X-Account=8841 --json
  cordpair connect --dial sip:alice@demo --from sip:support@demo --to sip:bob@demo --wait-end`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.start(cmd.Context(), p, &link, &req)
		},
	}
	link.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	req.add(cmd)
	cmd.Flags().StringVar(&c.call, "call", "", "`id` of the live call")
	cmd.Flags().StringVar(&c.dial, "dial", "", "dial this SIP `address` or number as the first leg instead")
	cmd.Flags().BoolVar(&c.waitEnd, "wait-end", false, "stay until the peer has left")
	cmd.Flags().BoolVar(&c.json, "json", false, "print one JSON object a line")
	return cmd
}

// connectRun is one run of the command.
type connectRun struct {
	p             *program
	s             *session
	req           model.ConnectRequest
	call, dial    string
	waitEnd, json bool

	leg     model.CallID
	dialTag model.Tag
	printed model.CallState    // of the first leg
	state   model.AttemptState // as printed
}

// start reads what was asked for, opens the link and makes the run.
func (c *connectRun) start(ctx context.Context, p *program, link *linkFlags, req *requestFlags) error {
	nowhere := link.resolve(ctx, p, true)
	if exitCode(nowhere) == ExitUsage {
		return nowhere
	}
	var base config.Preset
	if req.preset != "" {
		var err error
		if base, err = p.cfg.Preset(req.preset); err != nil {
			return usagef("--preset: %w", err)
		}
	}
	r, err := req.request(base.Request, link.from)
	if err != nil {
		return err
	}
	if (c.call == "") == (c.dial == "") {
		return usagef("give either --call ID (see: cordpair calls) or --dial ADDRESS")
	}
	if c.dial != "" {
		if _, err := model.ParseAddress(c.dial); err != nil {
			return usagef("--dial: %w", err)
		}
	}
	if nowhere != nil { // which is told last: it is no matter of the flags
		return nowhere
	}
	c.p, c.req = p, r
	s, err := p.openSession(ctx, link, nil)
	if err != nil {
		return err
	}
	defer s.close()
	c.s = s
	err = c.run(ctx)
	c.clearUp()
	return err
}

// cancelPatience is how long ctrl+c waits for the wire to confirm.
const cancelPatience = 15 * time.Second

func (c *connectRun) run(ctx context.Context) error {
	c.leg = model.CallID(c.call)
	if c.dial != "" {
		if err := c.dialFirst(ctx); err != nil {
			return err
		}
	}
	if err := c.answerFirst(ctx); err != nil {
		return err
	}
	tag := model.Tag(uuid.NewString())
	effects, err := c.s.book.Connect(c.leg, tag, c.req, time.Now())
	if err != nil {
		return c.askAnyway(ctx, tag)
	}
	c.s.order(effects)
	c.report()
	return c.follow(ctx)
}

// clearUp hangs up a first leg that the command dialled and has no peer for.
func (c *connectRun) clearUp() {
	leg := c.s.book.Call(c.leg)
	if c.dial == "" || leg == nil || !leg.Live() || leg.ConnectState() == model.Connected {
		return
	}
	c.s.give(model.Hangup{Call: c.leg})
	c.drain(func() bool { return leg.State == model.Ended })
}

// drain folds events until something holds, for a while, whatever became of
// the command's context.
func (c *connectRun) drain(holds func() bool) {
	ctx, cancel := context.WithTimeout(context.Background(), cancelPatience)
	defer cancel()
	for !holds() && ctx.Err() == nil {
		if err := c.s.pull(ctx, func(model.Event) bool { c.report(); return false }); err != nil {
			return
		}
	}
}

// answerFirst answers a call that still rings. Of a server that does not list
// its calls we know nothing and take the call as answered.
func (c *connectRun) answerFirst(ctx context.Context) error {
	leg := c.s.book.Call(c.leg)
	if leg == nil && !c.s.book.Link().Server.Cordpair {
		c.s.book.Apply(model.CallSeen{At: time.Now(), Call: model.CallInfo{ID: c.leg, State: model.Answered}})
		return nil
	}
	if leg == nil || leg.State >= model.Answered || leg.Direction != model.Inbound {
		return nil
	}
	id := c.s.give(model.Answer{Call: c.leg})
	var refused *model.Fault
	for c.s.book.Call(c.leg).State < model.Answered {
		err := c.s.pull(ctx, func(ev model.Event) bool {
			if done, ok := ev.(model.OrderSettled); ok && done.Order == id {
				refused = done.Fault
			}
			return false
		})
		switch {
		case refused != nil:
			return c.refuse(refused)
		case ctx.Err() != nil:
			return c.quit("cancelled")
		case err != nil:
			return failed(err)
		}
	}
	return nil
}

// askAnyway sends a connect that our own view says cannot work, so that the
// server's word is what the user reads.
func (c *connectRun) askAnyway(ctx context.Context, tag model.Tag) error {
	id := c.s.give(model.Connect{Call: c.leg, Tag: tag, Request: c.req})
	var fault *model.Fault
	settled := false
	for !settled {
		err := c.s.pull(ctx, func(ev model.Event) bool {
			if done, ok := ev.(model.OrderSettled); ok && done.Order == id {
				fault, settled = done.Fault, true
			}
			return settled
		})
		if err != nil {
			return failed(err)
		}
	}
	if fault == nil {
		fault = &model.Fault{Kind: model.FaultRefused, Text: "the call cannot be connected now"}
	}
	return c.refuse(fault)
}

func (c *connectRun) refuse(f *model.Fault) error {
	cause := model.Cause{By: model.Exchange, Word: model.WordRefused, Text: f.Text}
	r := connectRecord{Event: "connect", State: model.Failed.String(), CallID: string(c.leg), Reason: cause.Word,
		By: cause.By.String(), Text: cause.Sentence(""), At: stamp(time.Now())}
	c.p.emit(c.json, r, r.State, r.Text)
	return c.quit(f.Text)
}

// follow reports states until the outcome that was asked for.
func (c *connectRun) follow(ctx context.Context) error {
	for {
		err := c.s.pull(ctx, func(model.Event) bool { c.report(); return false })
		a := c.attempt()
		switch {
		case a.State == model.Failed:
			return c.quit(a.Cause.Sentence(""))
		case a.State == model.Disconnected:
			return nil
		case a.State == model.Connected && !c.waitEnd && a.Wanted:
			return nil
		case ctx.Err() != nil:
			return c.cancel()
		case err != nil:
			return failed(err)
		}
	}
}

func (c *connectRun) attempt() *model.Attempt {
	if leg := c.s.book.Call(c.leg); leg != nil {
		return leg.Attempt
	}
	return nil
}

func (c *connectRun) report() {
	a := c.attempt()
	if a == nil || a.State == c.state {
		return
	}
	c.state = a.State
	r := connectRecordOf(a, time.Now())
	c.p.emit(c.json, r, r.State, r.Text)
}

// cancel gives up the peer after ctrl+c and waits for the wire's word.
func (c *connectRun) cancel() error {
	effects, err := c.s.book.Release(c.leg, time.Now())
	if err != nil && !errors.Is(err, model.ErrNoPeer) {
		return failed(err)
	}
	c.s.order(effects)
	c.drain(func() bool { return c.attempt().State.Over() })
	if !c.attempt().State.Over() {
		return timedOut(fmt.Errorf("cancelled, but the server has not confirmed it within %s", cancelPatience))
	}
	return c.quit("cancelled")
}

// quit ends with exit code 3; with --json the last line has said why.
func (c *connectRun) quit(why string) error {
	if c.json {
		return quietly(ExitFailed)
	}
	return failed(errors.New(why))
}
