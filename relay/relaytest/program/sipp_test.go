package program

import (
	"slices"
	"testing"
)

func TestMessagesOf(t *testing.T) {
	const log = "----------------------------------------------- 2026-11-23 00:00:00.000000\n" +
		"UDP message received [12] bytes :\r\n\r\nINVITE sip:a SIP/2.0\r\nX: 1\r\n\r\n" +
		"----------------------------------------------- 2026-11-23 00:00:00.000001\n" +
		"UDP message sent (12 bytes):\n\nSIP/2.0 180 Ringing\r\n\r\n"
	if got, want := messagesOf(log), []string{"INVITE sip:a SIP/2.0\nX: 1\n\n", "SIP/2.0 180 Ringing\n\n"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
