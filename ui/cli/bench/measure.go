package bench

import (
	"slices"
	"time"
)

// Measure is one figure. The tags doc and enum are for the schema of the
// command's output.
type Measure struct {
	Name   string    `json:"name"`
	What   string    `json:"what" doc:"one plain sentence"`
	Unit   string    `json:"unit"`
	Better string    `json:"better" enum:"higher|lower"`
	Median float64   `json:"median"`
	Low    float64   `json:"low"`
	High   float64   `json:"high"`
	Values []float64 `json:"values" doc:"one of each round, in their order"`
}

// The figures, in the order of a report.
var figures = []Measure{
	{Name: "client_events", Unit: "events/s", Better: "higher", What: "state events of 882 bytes read, acknowledged and folded, over a socket"},
	{Name: "client_memory", Unit: "bytes/call", Better: "lower", What: "memory that the client holds for one live call"},
	{Name: "command_round_trip", Unit: "µs", Better: "lower", What: "from giving a command to its answer, the median of many"},
	{Name: "command_round_trip_p99", Unit: "µs", Better: "lower", What: "the same, what one of a hundred takes at least"},
	{Name: "frame_key", Unit: "µs", Better: "lower", What: "Update and View of the console after a key, 200x50 cells in full colour"},
	{Name: "frame_all", Unit: "µs", Better: "lower", What: "the same when every visible row is new"},
	{Name: "exchange_calls", Unit: "calls/s", Better: "higher", What: "INVITE, answer by a program, connect to a second phone, hang-up"},
	{Name: "media_cpu", Unit: "ms/s", Better: "lower", What: "processor time of the exchange for one bridged call, PCMU both ways"},
	{Name: "media_lost", Unit: "%", Better: "lower", What: "packets that did not reach the other phone"},
}

// record adds the figure of one round.
func (r *run) record(name string, v float64) {
	i := slices.IndexFunc(r.measures, func(m Measure) bool { return m.Name == name })
	r.measures[i].Values = append(r.measures[i].Values, v)
}

// report sums the rounds up.
func (r *run) report() []Measure {
	for i := range r.measures {
		m := &r.measures[i]
		m.Median, m.Low, m.High = quantile(m.Values, 0.5), slices.Min(m.Values), slices.Max(m.Values)
	}
	return r.measures
}

// quantile is the value below which that part of all lies; of an even number
// the median is the mean of the two in the middle.
func quantile[T float64 | time.Duration](all []T, part float64) T {
	sorted := slices.Sorted(slices.Values(all))
	at := part * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + T((at-float64(low))*float64(sorted[low+1]-sorted[low]))
}

func micros(d time.Duration) float64 { return float64(d) / 1e3 }
