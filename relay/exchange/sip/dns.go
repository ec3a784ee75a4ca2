package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// SRVResolver may be implemented by a [Resolver]; net.Resolver does. Without it
// no SRV records are asked for.
type SRVResolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, addrs []*net.SRV, err error)
}

// NAPTR is one NAPTR record (RFC 3403).
type NAPTR struct {
	Order, Preference   uint16
	Flags, Service      string
	Regexp, Replacement string
}

// NAPTRResolver may be implemented by a [Resolver]; net.Resolver does not.
// Without it the transport is chosen by SRV records alone (RFC 3263 §4.1).
type NAPTRResolver interface {
	LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error)
}

const (
	srvTimeout = 2 * time.Second
	maxHops    = 16 // a longer list is a mistake or an attack
)

// service is an SRV name to ask, and the transport of what it names.
type service struct{ service, proto, domain, network string }

// locate is RFC 3263 §4 for a host name: SRV (by NAPTR where the resolver can)
// unless the URI has a port, else A and AAAA. The error matches ErrUnreachable.
func (s *Stack) locate(ctx context.Context, uri *sip.Uri) ([]hop, error) {
	network, sure, err := transportOf(uri)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	if uri.Port <= 0 && mayHaveRecords(uri.Host) {
		if hops := s.locateServices(ctx, uri, network, sure); len(hops) > 0 {
			return hops, nil
		}
	}
	return s.addresses(ctx, uri.Host, hop{network: network, name: uri.Host, sure: sure}, portOf(uri, network))
}

// mayHaveRecords leaves out names of one label, which are known to hosts files
// and not to the DNS.
func mayHaveRecords(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".localhost")
}

func (s *Stack) locateServices(ctx context.Context, uri *sip.Uri, network string, sure bool) []hop {
	resolver, ok := s.cfg.Resolver.(SRVResolver)
	if !ok {
		return nil
	}
	brief, cancel := context.WithTimeout(ctx, srvTimeout)
	defer cancel()
	var out []hop
	for _, v := range s.services(brief, uri, network, sure) {
		_, records, err := resolver.LookupSRV(brief, v.service, v.proto, v.domain)
		if err != nil {
			s.log.Debug("sip: no SRV", "service", v.service, "proto", v.proto, "domain", v.domain, "err", err)
			continue
		}
		for _, r := range byPriority(records) {
			if r.Target == "." || r.Target == "" || len(out) >= maxHops { // §RFC 2782: decidedly not available
				continue
			}
			more, err := s.addresses(ctx, r.Target, hop{network: v.network, name: uri.Host, sure: sure}, r.Port)
			if err != nil {
				s.log.Debug("sip: SRV target without address", "target", r.Target, "err", err)
			}
			out = append(out, more...)
		}
	}
	return out[:min(len(out), maxHops)]
}

// services are the SRV names to ask for a URI, in order of preference.
func (s *Stack) services(ctx context.Context, uri *sip.Uri, network string, sure bool) []service {
	known := map[string]service{
		netUDP: {"sip", "udp", uri.Host, netUDP},
		netTCP: {"sip", "tcp", uri.Host, netTCP},
		netTLS: {"sips", "tcp", uri.Host, netTLS},
	}
	if sure {
		return []service{known[network]}
	}
	if resolver, ok := s.cfg.Resolver.(NAPTRResolver); ok {
		records, err := resolver.LookupNAPTR(ctx, uri.Host)
		if named := byNAPTR(records); err == nil && len(named) > 0 {
			return named
		}
	}
	return []service{known[netUDP], known[netTCP], known[netTLS]}
}

// byNAPTR picks the records that lead to an SRV name of a transport we speak.
func byNAPTR(records []NAPTR) (out []service) {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b NAPTR) int {
		if a.Order != b.Order {
			return int(a.Order) - int(b.Order)
		}
		return int(a.Preference) - int(b.Preference)
	})
	networks := map[string]string{"SIP+D2U": netUDP, "SIP+D2T": netTCP, "SIPS+D2T": netTLS}
	for _, r := range records {
		network := networks[strings.ToUpper(r.Service)]
		if network == "" || !strings.EqualFold(r.Flags, "s") || r.Regexp != "" || r.Replacement == "" {
			continue
		}
		// With service and proto empty, LookupSRV asks for the name as it is.
		out = append(out, service{"", "", strings.TrimSuffix(r.Replacement, "."), network})
	}
	return out
}

// byPriority orders SRV records by priority, and among equals by chance in
// proportion to their weight (RFC 2782).
func byPriority(records []*net.SRV) []*net.SRV {
	left := slices.DeleteFunc(slices.Clone(records), func(r *net.SRV) bool { return r == nil })
	slices.SortStableFunc(left, func(a, b *net.SRV) int { return int(a.Priority) - int(b.Priority) })
	out := make([]*net.SRV, 0, len(left))
	for len(left) > 0 {
		same, total := 0, 0
		for same < len(left) && left[same].Priority == left[0].Priority {
			total += int(left[same].Weight)
			same++
		}
		pick, at := 0, rand.IntN(total+1)
		for i, sum := 0, 0; i < same; i++ {
			if sum += int(left[i].Weight); sum >= at && left[i].Weight > 0 || total == 0 {
				pick = i
				break
			}
		}
		out = append(out, left[pick])
		left = slices.Delete(left, pick, pick+1)
	}
	return out
}

// addresses completes like with each address of a host that is of our family.
func (s *Stack) addresses(ctx context.Context, host string, like hop, port uint16) ([]hop, error) {
	host = strings.TrimSuffix(host, ".")
	ips, err := s.cfg.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("%w: no address found for host %q: %w", ErrUnreachable, host, err)
	}
	own := s.addr.Addr()
	var out []hop
	for _, ip := range ips {
		// [::] takes both families, every other address only its own.
		if ip = ip.Unmap(); ip.Is4() == own.Is4() || own == netip.IPv6Unspecified() {
			like.addr = netip.AddrPortFrom(ip, port)
			out = append(out, like)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: host %q has no address of our family", ErrUnreachable, host)
	}
	return out, nil
}
