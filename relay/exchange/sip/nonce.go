package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// nonces makes and checks the nonces of digest challenges. A nonce carries its
// time and a signature, so that challenging costs no memory; only those that
// were answered rightly are remembered, with the counts used (RFC 7616 §5.12).
type nonces struct {
	life time.Duration
	key  [32]byte

	mu    sync.Mutex
	used  map[string]*counts
	sweep time.Time
}

// counts is a sliding window over nc: UDP may swap two requests.
type counts struct {
	expires time.Time
	highest int
	window  uint64 // bit i: highest-i was used
}

const (
	nonceHead = 16 // time in ms, 8 random bytes
	nonceSize = nonceHead + 16
)

func newNonces(life time.Duration) *nonces {
	n := &nonces{life: life, used: map[string]*counts{}}
	_, _ = rand.Read(n.key[:]) // never fails: crypto/rand
	return n
}

func (n *nonces) make(now time.Time) string {
	b := make([]byte, nonceHead, nonceSize)
	binary.BigEndian.PutUint64(b, uint64(now.UnixMilli()))
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(n.sign(b))
}

// sign appends the signature to the head.
func (n *nonces) sign(head []byte) []byte {
	mac := hmac.New(sha256.New, n.key[:])
	mac.Write(head)
	return append(head[:nonceHead:nonceHead], mac.Sum(nil)[:nonceSize-nonceHead]...)
}

// ours tells whether we made a nonce, and not too long ago.
func (n *nonces) ours(nonce string, now time.Time) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != nonceSize || !hmac.Equal(n.sign(b[:nonceHead]), b) {
		return false
	}
	age := now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(b))))
	return age >= -time.Second && age < n.life
}

// use notes a count; false if it was used before. Answers without count (no
// qop) are number 0, so they may use a nonce once.
func (n *nonces) use(nonce string, nc int, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.After(n.sweep) {
		for k, c := range n.used {
			if now.After(c.expires) {
				delete(n.used, k)
			}
		}
		n.sweep = now.Add(n.life)
	}
	c := n.used[nonce]
	if c == nil {
		n.used[nonce] = &counts{expires: now.Add(n.life + time.Second), highest: nc, window: 1}
		return true
	}
	switch back := c.highest - nc; {
	case back < 0:
		c.window = c.window<<min(-back, 64) | 1
		c.highest = nc
	case back >= 64 || c.window&(1<<back) != 0:
		return false
	default:
		c.window |= 1 << back
	}
	return true
}
