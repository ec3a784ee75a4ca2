package ui

import (
	"fmt"
	"io"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"cordpair/model"
)

// crowded is a desk with n calls in a window of 200 by 50, in full colour.
func crowded(b *testing.B, n int) *rig {
	r := newRig(b, 200, 50, func(o *Options) {
		o.Renderer = lipgloss.NewRenderer(io.Discard)
		o.Renderer.SetColorProfile(termenv.TrueColor)
	}).empty()
	var events []model.Event
	for i := range n {
		id := model.CallID(fmt.Sprintf("call-%06d", i))
		events = append(events, model.CallSeen{At: ago(float64(n - i)), Call: model.CallInfo{ID: id, State: model.Answered,
			Direction: model.Inbound, From: erin, To: support}})
	}
	r.happen(events...)
	r.View()
	return r
}

// BenchmarkViewOneRow draws the screen after one visible row changed.
func BenchmarkViewOneRow(b *testing.B) {
	r := crowded(b, 10000)
	c := r.rows[0]
	b.ReportAllocs()
	for b.Loop() {
		c.Version++
		r.dirty = true
		r.View()
	}
}

// BenchmarkViewSecond draws the screen after a second passed: every visible row
// is new.
func BenchmarkViewSecond(b *testing.B) {
	r := crowded(b, 10000)
	b.ReportAllocs()
	for b.Loop() {
		r.now = r.now.Add(1e9)
		r.dirty = true
		r.View()
	}
}

// BenchmarkBatch folds one event of one call and derives the rows.
func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := crowded(b, n)
			ev := []model.Event{model.CallSeen{At: noon, Call: model.CallInfo{ID: "call-000005", State: model.Answered}}}
			b.ReportAllocs()
			for b.Loop() {
				r.batch(batchMsg{events: ev})
			}
		})
	}
}

// BenchmarkFold folds a thousand events in one batch.
func BenchmarkFold(b *testing.B) {
	r := crowded(b, 10000)
	var events []model.Event
	for i := range 1000 {
		events = append(events, model.CallSeen{At: noon, Call: model.CallInfo{ID: model.CallID(fmt.Sprintf("call-%06d", i*7)), State: model.Answered}})
	}
	b.ReportAllocs()
	for b.Loop() {
		r.batch(batchMsg{events: events})
	}
}
