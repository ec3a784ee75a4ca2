//go:build thirdparty

package media

import (
	"context"
	"os"
	"testing"
)

// TestLameMakesAnMP3 records with the encoder that people have, and reads the
// file back.
func TestLameMakesAnMP3(t *testing.T) {
	p := newPair(t, "PCMU")
	rec, err := p.leg.Record(RecordOptions{Dir: t.TempDir(), Name: "a", Format: "mp3", Side: Both})
	if err != nil {
		t.Fatal(err)
	}
	flows(t, p.leg, 50)
	rec.Stop()
	closed(t, "it ends", rec.Done())
	b, err := os.ReadFile(rec.Result().Path)
	if err != nil {
		t.Fatalf("%v: %v", err, rec.Result().Err)
	}
	pcm, err := decodeAudio(context.Background(), b)
	if err != nil || len(pcm) < 4096 || !isSide(pcm[2048:4096], Both) {
		t.Fatalf("%d samples, %v", len(pcm), err)
	}
}
