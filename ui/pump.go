package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// frameTime is the least time between two batches of events: one per frame.
const frameTime = 16 * time.Millisecond

// batchMsg is what came from the feed since the last one.
type batchMsg struct {
	events []model.Event
	err    error
}

// tickMsg comes once a second while something lives. Only the tick asked for
// last counts.
type tickMsg struct{ n uint64 }

// pump pulls events, one pull at a time.
type pump struct {
	ctx  context.Context
	feed Feed
	last time.Time
	gap  time.Duration // the least time between two batches
	busy chan struct{} // holds one value while a pull runs
}

func newPump(ctx context.Context, feed Feed) *pump {
	return &pump{ctx: ctx, feed: feed, gap: frameTime, busy: make(chan struct{}, 1)}
}

// slow fits the pace to a slow link: no more batches than are drawn, and nothing
// that moves by itself where few are.
func (o *Options) slow(p *pump) {
	const few = 4 // meters move so often
	if o.FPS > 0 {
		p.gap = max(frameTime, time.Second/time.Duration(o.FPS))
		o.Calm = o.Calm || o.FPS < few
	}
}

// pull returns the command for the next batch. After quiet the first event
// comes at once; under load a batch a frame. Update asks for the next pull only
// when it has folded the last, so there is never more than one.
func (p *pump) pull() tea.Cmd {
	return func() tea.Msg {
		select {
		case p.busy <- struct{}{}:
		case <-p.ctx.Done():
			return nil
		}
		defer func() { <-p.busy }()
		if wait := p.gap - time.Since(p.last); wait > 0 {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-p.ctx.Done():
				return nil
			}
		}
		events, err := p.feed.Take(p.ctx)
		p.last = time.Now()
		if p.ctx.Err() != nil {
			return nil
		}
		return batchMsg{events: events, err: err}
	}
}

// join waits until no pull runs; the context must have ended.
func (p *pump) join() { p.busy <- struct{}{} }

// after is a tick that ends with the context, not after it.
func (p *pump) after(d time.Duration, n uint64) tea.Cmd { return p.later(d, tickMsg{n}) }

// later brings a message after a while; it ends with the context.
func (p *pump) later(d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-p.ctx.Done():
			return nil
		}
	}
}
