package model

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Header is a SIP header to send; names must begin with X-.
type Header struct{ Name, Value string }

// Codecs are the codecs a SIP leg can be asked for, as RELAY names them.
var Codecs = []string{"PCMU", "PCMA", "OPUS", "G729", "G722", "VP8", "H264"}

// StateEvents are the leg states that a state URL can be told of.
var StateEvents = []string{"created", "ringing", "answered", "ended"}

// Choice is yes, no, or whatever the parent leg has.
type Choice uint8

// The choices.
const (
	Default Choice = iota
	On
	Off
)

func (c Choice) String() string { return [...]string{"default", "on", "off"}[min(int(c), 2)] }

// Price is an amount of USD in ten-thousandths; 0 means no limit.
type Price int64

// ParsePrice reads "0.0075"; at most four decimals, not negative. An empty
// text is 0.
func ParsePrice(s string) (Price, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "$")
	if s == "" {
		return 0, nil
	}
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > 4 {
		return 0, fmt.Errorf("%q has more than four decimals", s)
	}
	if whole == "" {
		whole = "0"
	}
	w, err := strconv.ParseUint(whole, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is no price, type for example 0.0075", s)
	}
	f, err := strconv.ParseUint((frac + "0000")[:4], 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is no price, type for example 0.0075", s)
	}
	return Price(w*10000 + f), nil
}

// USD returns the amount in dollars.
func (p Price) USD() float64 { return float64(p) / 10000 }

func (p Price) String() string {
	if p == 0 {
		return ""
	}
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(p.USD(), 'f', 4, 64), "0"), ".")
}

// ParseSeconds reads a length in seconds, "30", "1.5" or with a unit "30s",
// "2m". It refuses negative lengths and more than a day.
func ParseSeconds(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	d, err := time.ParseDuration(s)
	if f, ferr := strconv.ParseFloat(s, 64); ferr == nil && !math.IsNaN(f) {
		if math.Abs(f) > 86400 {
			return 0, fmt.Errorf("%q is more than a day", s)
		}
		d, err = time.Duration(math.Round(f*1000))*time.Millisecond, nil
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no number of seconds", s)
	case d < 0:
		return 0, fmt.Errorf("%q is less than 0 s", s)
	case d > 24*time.Hour:
		return 0, fmt.Errorf("%q is more than a day", s)
	}
	return d, nil
}

// FormatSeconds writes a length as ParseSeconds reads it, without a unit.
func FormatSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// DefaultRingTimeout is how long a leg rings when a request does not say.
const DefaultRingTimeout = 30 * time.Second

// ConnectRequest is connectSip's parameters. The zero value of each optional
// field means "let the server choose".
type ConnectRequest struct {
	From              string        // required; a SIP address or number that you own
	To                string        // required; sip:user@host, or several as ParseHunt reads them
	Codecs            []string      // order of preference; default the parent leg's
	Headers           []Header      // X- only
	Timeout           time.Duration // ringing; whole seconds; default 30 s
	Ringback          Playlist      // heard by the caller while the peer rings
	MaxPricePerMinute Price         // the call is not made above it
	WebRTCMedia       Choice        // default the parent leg's
	SessionTimeout    time.Duration // SIP Session-Expires, whole seconds; default about 600 s
	CallStateURL      string        // webhook
	CallStateEvents   []string      // default ended
}

// RingTimeout is Timeout, or the default.
func (r ConnectRequest) RingTimeout() time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return DefaultRingTimeout
}

// Field names a member of a ConnectRequest, for forms and flags.
type Field string

// The fields of a ConnectRequest.
const (
	FieldFrom           Field = "from"
	FieldTo             Field = "to"
	FieldCodecs         Field = "codecs"
	FieldHeaders        Field = "headers"
	FieldTimeout        Field = "timeout"
	FieldRingback       Field = "ringback"
	FieldMaxPrice       Field = "max price"
	FieldWebRTC         Field = "webrtc"
	FieldSessionTimeout Field = "session timeout"
	FieldStateURL       Field = "state url"
	FieldStateEvents    Field = "state events"
)

// Problem is one thing wrong with a request. Index is the row for fields with
// rows (headers, ringback), else 0.
type Problem struct {
	Field Field
	Index int
	Text  string
}

// ErrRequest is what every InvalidRequest is (errors.Is).
var ErrRequest = errors.New("the request is not valid")

// InvalidRequest lists all problems of a request.
type InvalidRequest struct{ Problems []Problem }

func (e *InvalidRequest) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = string(p.Field) + ": " + p.Text
	}
	return strings.Join(parts, "; ")
}

// Is makes errors.Is(err, ErrRequest) hold.
func (e *InvalidRequest) Is(target error) bool { return target == ErrRequest }

// Validate checks everything that can be known before sending. It returns nil
// or an *InvalidRequest with each problem.
func (r ConnectRequest) Validate() error {
	var problems []Problem
	add := func(f Field, i int, err error) {
		if err != nil {
			problems = append(problems, Problem{Field: f, Index: i, Text: err.Error()})
		}
	}
	_, err := ParseAddress(r.From)
	add(FieldFrom, 0, err)
	_, err = ParseHunt(r.To)
	add(FieldTo, 0, err)
	for i, c := range r.Codecs {
		add(FieldCodecs, i, CheckCodec(c, r.Codecs[:i]))
	}
	for i, h := range r.Headers {
		add(FieldHeaders, i, CheckHeader(h, r.Headers[:i]))
	}
	add(FieldTimeout, 0, checkWholeSeconds(r.Timeout, 600*time.Second))
	for i, m := range r.Ringback {
		add(FieldRingback, i, m.Check())
	}
	if r.MaxPricePerMinute < 0 {
		add(FieldMaxPrice, 0, errors.New("a price cannot be negative"))
	}
	add(FieldSessionTimeout, 0, checkWholeSeconds(r.SessionTimeout, 24*time.Hour))
	add(FieldStateURL, 0, CheckStateURL(r.CallStateURL))
	for i, e := range r.CallStateEvents {
		if !slices.Contains(StateEvents, e) {
			add(FieldStateEvents, i, fmt.Errorf("%q is none of %s", e, strings.Join(StateEvents, ", ")))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &InvalidRequest{Problems: problems}
}

// CheckCodec says what is wrong with a codec that follows others.
func CheckCodec(c string, before []string) error {
	if !slices.Contains(Codecs, c) {
		return fmt.Errorf("%q is none of %s", c, strings.Join(Codecs, " "))
	}
	if slices.Contains(before, c) {
		return fmt.Errorf("%s is listed twice", c)
	}
	return nil
}

// CheckHeader says what is wrong with a header that follows others.
func CheckHeader(h Header, before []Header) error {
	if len(h.Name) < 3 || !strings.EqualFold(h.Name[:2], "X-") {
		return fmt.Errorf("%q does not begin with X-", Clean(h.Name))
	}
	for _, c := range []byte(h.Name) {
		if !isTokenByte(c) {
			return fmt.Errorf("%q cannot stand in the name of a header", c)
		}
	}
	for _, r := range h.Value {
		if r == '\r' || r == '\n' {
			return fmt.Errorf("%s: a line break is not allowed", h.Name)
		}
	}
	if Clean(h.Value) != h.Value {
		return fmt.Errorf("%s: control characters are not allowed", h.Name)
	}
	for _, b := range before {
		if strings.EqualFold(b.Name, h.Name) {
			return fmt.Errorf("%s is given twice", h.Name)
		}
	}
	return nil
}

// isTokenByte is RFC 3261's token rule (section 25.1).
func isTokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		strings.IndexByte("-.!%*_+`'~", c) >= 0
}

// CheckStateURL says what is wrong with a webhook's address; empty is fine.
func CheckStateURL(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("not a URL, type http:// or https:// and a host")
	}
	return nil
}

func checkWholeSeconds(d, most time.Duration) error {
	switch {
	case d < 0:
		return errors.New("cannot be less than 0 s")
	case d%time.Second != 0:
		return errors.New("must be whole seconds")
	case d > most:
		return fmt.Errorf("cannot be more than %s s", FormatSeconds(most))
	}
	return nil
}
