package exchange

import "testing"

// TestWithinSeesWhatIsDone: a machine that stalled comes to look when both have
// happened, the end and the limit.
func TestWithinSeesWhatIsDone(t *testing.T) {
	done := make(chan struct{})
	if within(done, 0) {
		t.Error("nothing was done")
	}
	close(done)
	for range 1000 {
		if !within(done, -1) {
			t.Fatal("what was done is not seen")
		}
	}
}
