package cli

import (
	"context"
	"crypto/tls"
	"net/netip"

	"cordpair/relay/exchange"
	"cordpair/ui/cli/config"
)

// phones lays what the file says of phones, trunks and numbers over the
// exchange's configuration. Here their passwords are revealed.
func phones(ctx context.Context, to *exchange.Config, x *config.Exchange) error {
	to.Recordings, to.PublicURL, to.AllowPrivate, to.Emergency = x.Recordings.V, x.PublicURL.V, x.AllowPrivate.V, x.Emergency.V
	for _, u := range x.Users {
		password, err := reveal(ctx, u.Password, "exchange.users."+u.Name+".password")
		if err != nil {
			return err
		}
		to.Users = append(to.Users, exchange.User{Name: u.Name, Password: password, MD5: u.MD5.V, SHA256: u.SHA256.V})
	}
	for _, t := range x.Trunks {
		password, err := reveal(ctx, t.Password, "exchange.trunks."+t.Name+".password")
		if err != nil {
			return err
		}
		to.Trunks = append(to.Trunks, exchange.Trunk{
			Name: t.Name, Server: t.Server.V, Domain: t.Domain.V, Proxy: t.Proxy.V, Register: t.Register.V,
			Username: t.Username.V, Password: password, From: t.From.V, Prefixes: t.Prefixes.V,
		})
	}
	for _, network := range x.Trusted.V {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return usagef("exchange.trusted: %w", err)
		}
		to.Trusted = append(to.Trusted, prefix)
	}
	for _, r := range x.Rates {
		to.Rates = append(to.Rates, exchange.Rate{Prefix: r.Prefix, PerMinute: r.Price.USD()})
	}
	for _, r := range x.Routes {
		to.Routes = append(to.Routes, exchange.Route{Pattern: r.Pattern, Context: r.Context})
	}
	return secure(to, x)
}

// secure reads the certificate for phones that come by TLS.
func secure(to *exchange.Config, x *config.Exchange) error {
	if !x.TLSAddr.Given() {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(x.TLSCert.V, x.TLSKey.V)
	if err != nil {
		return usagef("%s: %w", settingName(x.TLSCert.Origin, "exchange.tls_cert"), err)
	}
	to.TLSAddr, to.TLS = x.TLSAddr.V, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return nil
}

func reveal(ctx context.Context, v config.Value[config.Secret], key string) (string, error) {
	text, err := v.V.Reveal(ctx)
	if err != nil {
		return "", usagef("%s: %w", settingName(v.Origin, key), err)
	}
	return text, nil
}
