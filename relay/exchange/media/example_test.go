package media_test

import (
	"fmt"
	"net/netip"

	"cordpair/relay/exchange/media"
)

// An offer goes out, its answer settles the codec, and the stream starts.
func Example() {
	engine := media.NewEngine(media.EngineConfig{})
	defer engine.Close()
	caller, err := engine.Open(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	callee, err := engine.Open(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		fmt.Println(err)
		return
	}

	codecs := []string{"OPUS", "PCMA", "PCMU"}
	body, _ := media.Offer(caller.LocalAddr(), codecs, media.SDPOptions{})

	offer, _ := media.ParseSDP(body)
	body, chosen, _ := media.Answer(callee.LocalAddr(), offer, []string{"PCMU", "PCMA"}, media.SDPOptions{})
	_ = callee.Start(offer.Addr, chosen, offer.EventType(chosen), offer.Direction.Mirror())

	answer, _ := media.ParseSDP(body)
	agreed, _ := media.Accepted(answer, codecs)
	_ = caller.Start(answer.Addr, agreed, answer.EventType(agreed), answer.Direction.Mirror())

	fmt.Println(agreed, caller.Stats().Direction)
	// Output: PCMA/8000 (8) sendrecv
}
