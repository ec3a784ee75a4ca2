package media

import (
	"strings"
	"testing"
)

// TestOfferKeepsTheLines: a later offer has each media line where the far end
// has it; what we do not offer is there with port 0 (RFC 3264 §8).
func TestOfferKeepsTheLines(t *testing.T) {
	head := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	for name, c := range map[string]struct {
		last  string
		video bool
		want  string
	}{
		"sound alone":       {"m=audio 4000 RTP/AVPF 0\r\n", false, "audio 4000 RTP/AVPF, "},
		"a new picture":     {"m=audio 4000 RTP/AVP 0\r\n", true, "audio 4000 RTP/AVP, video 4002 RTP/AVP, "},
		"picture first":     {"m=video 9 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\nm=audio 9 RTP/AVP 0\r\n", true, "video 4002 RTP/AVP, audio 4000 RTP/AVP, "},
		"picture not meant": {"m=video 9 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\nm=audio 9 RTP/AVP 0\r\n", false, "video 0 RTP/AVP, audio 4000 RTP/AVP, "},
		"picture comes back": {"m=audio 9 RTP/AVP 0\r\nm=application 9 TCP/BFCP *\r\nm=video 0 RTP/AVPF 97\r\n", true,
			"audio 4000 RTP/AVP, application 0 TCP/BFCP, video 4002 RTP/AVPF, "},
		"encrypted picture": {"m=audio 9 RTP/AVP 0\r\nm=video 0 RTP/SAVPF 97\r\n", true,
			"audio 4000 RTP/AVP, video 0 RTP/SAVPF, video 4002 RTP/AVP, "},
	} {
		last, err := ParseSDP([]byte(head + c.last))
		if err != nil {
			t.Fatal(err)
		}
		o := SDPOptions{Last: &last}
		if c.video {
			o.Video = &VideoOptions{Local: pictureAt}
		}
		body, err := Offer(soundAt, []string{"PCMU", "VP8"}, o)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for line := range strings.Lines(string(body)) {
			if rest, ok := strings.CutPrefix(line, "m="); ok {
				got += strings.Join(strings.Fields(rest)[:3], " ") + ", "
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
