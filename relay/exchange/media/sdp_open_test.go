package media

import (
	"strings"
	"testing"
)

// TestOpenLastLine: a description whose last line does not end is read.
func TestOpenLastLine(t *testing.T) {
	body := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly"
	for _, text := range []string{body, strings.ReplaceAll(body, "\r\n", "\n")} {
		d, err := ParseSDP([]byte(text))
		if err != nil || d.Direction != SendOnly {
			t.Errorf("%v, %v", d.Direction, err)
		}
	}
}
