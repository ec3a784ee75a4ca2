package program

import "testing"

func TestParseSockets(t *testing.T) {
	got := parseSockets(`  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:13C6 0100007F:1F40 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
  garbage
`)
	if len(got) != 2 || got[0] != (socket{"0100007F", 5060, true}) || got[1] != (socket{"0100007F", 5062, false}) {
		t.Errorf("%+v", got)
	}
}
