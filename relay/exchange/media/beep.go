package media

import "sync"

// Beeps, made once: rising for who comes, falling for who leaves, one long
// tone before a recording.
var (
	enterBeep  = sync.OnceValue(func() []int16 { return beepOf(burst{hz: []float64{620}, on: 120}, burst{hz: []float64{830}, on: 120}) })
	leaveBeep  = sync.OnceValue(func() []int16 { return beepOf(burst{hz: []float64{830}, on: 120}, burst{hz: []float64{620}, on: 120}) })
	recordBeep = sync.OnceValue(func() []int16 { return beepOf(burst{hz: []float64{1000}, on: 300}) })
)

func beepOf(parts ...burst) (pcm []int16) {
	for _, b := range parts {
		pcm = b.append(pcm)
	}
	return pcm
}
