package exchange

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"cordpair/relay/wire"
)

// authFailed is the cloud's wording; the code is the one that every official
// SDK understands as "do not retry".
const authFailed = "Authentication service failed with status ProtocolError, 401 Unauthorized: {}"

// connect answers signalwire.connect: a fresh session, or the old one of a
// protocol that is still known.
func (x *Exchange) connect(c *conn, req *request, raw jsontext.Value) {
	var p wire.ConnectParams
	if err := wire.Decode(raw, &p); err != nil {
		req.refuse(wire.RPCParams, "signalwire.connect: params have the wrong form")
		return
	}
	if !x.authentic(p.Authentication) {
		req.refuse(wire.RPCAuth, authFailed)
		c.out.finish()
		return
	}
	s, restored := c.sess, c.sess != nil
	if s == nil {
		s, restored = x.reg.session(p.Protocol)
	}
	if s == nil {
		s = newSession(x)
		if !x.reg.addSession(s) {
			req.fail(limited("sessions", x.cfg.Limits.Sessions, "too many sessions"))
			c.out.finish()
			return
		}
	}
	s.options(p.EventAcks, p.Params.Cordpair)
	if f := s.receive(p.Contexts); f != nil {
		req.refuse(wire.RPCParams, f.message)
		return
	}
	x.greet(c, req, s, restored)
}

func (x *Exchange) greet(c *conn, req *request, s *session, restored bool) {
	result := x.welcome(s, restored)
	if c.sess == s { // a repeated connect on a live socket
		req.result(result)
		x.reg.refreshWatchers()
	} else {
		// Before the client can act on the answer: who watches misses nothing
		// of what it does next. Until attach, events wait behind the answer.
		x.reg.refreshWatchers()
		b, err := wire.Reply(req.id, result)
		if err != nil || !s.attach(c, b) {
			req.refuse(wire.RPCGeneric, "the session has just ended; connect again")
			return
		}
		req.answered = true
		c.sess = s
		c.ws.SetReadDeadline(time.Time{})
		c.greeted.Store(true)
	}
	x.reg.tellCalls(msgConsumers{})
}

func (x *Exchange) welcome(s *session, restored bool) wire.ConnectResult {
	result := wire.ConnectResult{
		Identity: s.identity,
		Protocol: s.protocol,
		Authorization: wire.Authorization{
			Type: "service", ProjectID: x.cfg.Project, Project: x.cfg.Project,
			Scopes: []string{"calling"}, Signature: s.signature,
		},
		IceServers:      []jsontext.Value{},
		SessionRestored: restored,
	}
	if s.isCordpair() {
		result.Cordpair = &wire.CordpairOffer{
			Version: 1, Relay: x.RelayURL(), SIP: x.SIPAddr(), Domain: x.cfg.Domain, Contexts: x.cfg.Contexts,
		}
	}
	return result
}

// authentic compares in constant time, lengths included.
func (x *Exchange) authentic(a wire.Authentication) bool {
	given := sha256.Sum256([]byte(a.Project + "\x00" + a.Token))
	want := sha256.Sum256([]byte(x.cfg.Project + "\x00" + x.cfg.Token))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// newSession makes a session whose protocol cannot be guessed. The signature
// has no "_": clients find it as the second piece of the protocol.
func newSession(x *Exchange) *session {
	var b [20]byte
	rand.Read(b[:]) // never fails
	signature := hex.EncodeToString(b[:])
	return &session{
		x:         x,
		signature: signature,
		protocol:  strings.Join([]string{"signalwire", signature, "cordpair"}, "_"),
		identity:  uuid.NewString() + "@" + x.cfg.Domain,
		spelled:   map[string]string{},
	}
}
