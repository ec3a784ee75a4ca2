package ui

import (
	"testing"
	"time"

	"cordpair/model"
)

// TestNoEventOpensADialog holds that a dialog only opens for a key or a click,
// so that nothing that was typed can answer a question nobody has read.
func TestNoEventOpensADialog(t *testing.T) {
	for name, happens := range map[string]func(*rig){
		"calls come and go": func(r *rig) {
			r.several().happen(call("n1", carol, model.Created, 0.0, model.Ringing, 0.0, model.Answered, 0.0, model.Ended, 0.0)...)
		},
		"a connect fails":  func(r *rig) { r.ended("busy@demo", "busy", 486, "Busy Here", "remote") },
		"the peer leaves":  peerLeft,
		"the link is lost": func(r *rig) { linkLost(r); r.wait(30 * time.Second) },
		"a trunk is down":  func(r *rig) { r.several().happen(trunks(model.HealthDown, model.HealthDown)) },
		"one-way audio":    func(r *rig) { r.several().happen(figures(model.NotHeard, model.CannotHear)) },
		"a park is recalled": func(r *rig) {
			r.several().press("p").wait(DefaultRecall + 10*time.Second)
		},
		"a notice": func(r *rig) { r.several().happen(model.Notice{At: noon, Text: "the server goes down"}) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 120, 36, func(o *Options) { o.Carries = true })
			happens(r)
			if o := r.overlay(); o != nil {
				t.Errorf("%T opened by itself", o)
			}
		})
	}
}
