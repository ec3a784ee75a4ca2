package sip

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// ownRefer is a REFER of ours whose end was not told yet.
type ownRefer struct{ seq uint32 }

// Refer asks the peer of an established call to call to (blind transfer), or to
// take over the call that replaces is to its peer (attended transfer; to may
// then be "", which is where that peer is). It returns at once: [ReferAnswered]
// tells the response, then [ReferProgress] how the new call goes. Whether and
// when to end this leg is the caller's choice. Errors: ErrWrongState (not
// established, replaces is not, or another REFER is not through), ErrBadURI,
// ErrBadHeader.
func (l *Leg) Refer(to string, replaces *Leg, headers ...Header) error {
	if err := validateHeaders(headers); err != nil {
		return err
	}
	value, err := referTo(to, replaces)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.phase != phaseUp:
		return wrongState("REFER", l.phase)
	case l.refer != nil:
		return fmt.Errorf("%w: REFER while another one is not through", ErrWrongState)
	}
	mine := &ownRefer{}
	l.refer = mine
	by := l.dlg.local.uri.String()
	return l.sendInLine(inLine{method: sip.REFER, fill: func(req *sip.Request, f flow) {
		mine.seq = req.CSeq().SeqNo
		add(req, "Contact", l.contact(f))
		add(req, "Refer-To", value)
		add(req, "Referred-By", "<"+by+">")
		addAll(req, headers)
		req.SetBody(nil)
	}, done: func(res *sip.Response, err error) { l.referAnswered(mine, res, err) }})
}

// referTo is the Refer-To header's value.
func referTo(to string, replaces *Leg) (string, error) {
	if replaces == nil {
		_, uri, err := parseAddress(to)
		return "<" + uri.String() + ">", err
	}
	r := replaces.Dialog()
	replaces.mu.Lock()
	up, target := replaces.phase == phaseUp, replaces.dlg.target.String()
	replaces.mu.Unlock()
	if !up || !r.valid() {
		return "", fmt.Errorf("%w: the call to be replaced is not established", ErrWrongState)
	}
	if to == "" {
		to = target
	}
	_, uri, err := parseAddress(to)
	if err != nil {
		return "", err
	}
	return "<" + uri.String() + "?Replaces=" + url.QueryEscape(r.String()) + ">", nil
}

func (l *Leg) referAnswered(mine *ownRefer, res *sip.Response, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ev := ReferAnswered{Err: err}
	if res != nil {
		ev.Code, ev.Phrase = res.StatusCode, res.Reason
	}
	if (res == nil || res.StatusCode >= 300) && l.refer == mine {
		l.refer = nil
	}
	l.events.emit(l.s, ev)
}

// receiveNOTIFY takes the progress of our REFER (RFC 3515 §2.4.4). It may come
// before the 202. l.mu is held.
func (l *Leg) receiveNOTIFY(req *sip.Request, tx *serverTx) {
	event := value(req, "Event")
	if event == "" {
		event = value(req, "o")
	}
	fields := strings.Split(event, ";")
	if !strings.EqualFold(strings.TrimSpace(fields[0]), "refer") {
		l.s.reply(tx, req, 489, "Bad Event", Header{"Allow-Events", "refer"})
		return
	}
	if l.refer == nil || !l.refer.named(fields[1:]) {
		l.s.reply(tx, req, 481, "Subscription Does Not Exist")
		return
	}
	code, phrase, ok := parseFrag(string(req.Body()))
	if !ok {
		l.s.reply(tx, req, 400, "Bad Fragment")
		return
	}
	state, _, _ := strings.Cut(value(req, "Subscription-State"), ";")
	done := code >= 200 || strings.EqualFold(strings.TrimSpace(state), "terminated")
	if done {
		l.refer = nil
	}
	l.ok(tx, req)
	l.events.emit(l.s, ReferProgress{Code: code, Phrase: phrase, Done: done})
}

// named compares the id parameter, which may be missing.
func (r *ownRefer) named(params []string) bool {
	for _, p := range params {
		name, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "id") {
			return v == strconv.FormatUint(uint64(r.seq), 10)
		}
	}
	return true
}

// parseFrag reads the status line of a message/sipfrag (RFC 3420).
func parseFrag(body string) (code int, phrase string, ok bool) {
	line, _, _ := strings.Cut(strings.TrimLeft(body, "\r\n"), "\n")
	version, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	digits, phrase, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(digits, 10, 16)
	if !strings.EqualFold(version, "SIP/2.0") || err != nil || n < 100 || n > 699 || !isTextValue(phrase) {
		return 0, "", false
	}
	return int(n), phrase, true
}
