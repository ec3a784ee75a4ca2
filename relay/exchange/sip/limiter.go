package sip

import (
	"net/netip"
	"sync"
	"time"
)

// limiter is a token bucket per source address: rate a second, burst at once.
// An IPv6 source is its /64. Memory is bounded: when there are too many
// sources, those without a bucket of their own share one.
type limiter struct {
	rate, burst float64

	mu      sync.Mutex
	sources map[netip.Prefix]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

const maxSources = 10000

func newLimiter(rate, burst float64) *limiter {
	return &limiter{rate: rate, burst: max(burst, 1), sources: map[netip.Prefix]*bucket{}}
}

// take uses up one token; false if there is none.
func (k *limiter) take(ip netip.Addr, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	b := k.find(ip, now)
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// spent tells whether take would say no.
func (k *limiter) spent(ip netip.Addr, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	b := k.sources[sourceOf(ip)]
	return b != nil && b.tokens+k.rate*now.Sub(b.at).Seconds() < 1
}

func sourceOf(ip netip.Addr) netip.Prefix {
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // fails for the zero Addr only, which is a key like any other
	return p
}

// find is the bucket of a source, filled up to now; k.mu is held.
func (k *limiter) find(ip netip.Addr, now time.Time) *bucket {
	key := sourceOf(ip)
	b := k.sources[key]
	if b == nil && len(k.sources) >= maxSources {
		k.purge(now)
		if len(k.sources) >= maxSources {
			key = netip.Prefix{}
			b = k.sources[key]
		}
	}
	if b == nil {
		b = &bucket{tokens: k.burst, at: now}
		k.sources[key] = b
	}
	b.tokens = min(k.burst, b.tokens+k.rate*now.Sub(b.at).Seconds())
	b.at = now
	return b
}

// purge forgets the sources whose bucket is full again; k.mu is held.
func (k *limiter) purge(now time.Time) {
	for key, b := range k.sources {
		if b.tokens+k.rate*now.Sub(b.at).Seconds() >= k.burst {
			delete(k.sources, key)
		}
	}
}
