package exchange

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// ErrPublicURL refuses a public URL that nothing can be fetched under.
var ErrPublicURL = errors.New("exchange: the public URL must be http or https, with a host and without query")

func checkPublicURL(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%w: %q", ErrPublicURL, raw)
	}
	return nil
}

// baseFor is the URL under which the client of a request reaches this listener,
// without a slash at its end: the configured one, or the host that it asked
// for itself, whatever names and ports lie between.
func (x *Exchange) baseFor(r *http.Request) string {
	if x.cfg.PublicURL != "" {
		return strings.TrimRight(x.cfg.PublicURL, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	u, err := url.Parse(scheme + "://" + r.Host)
	if err != nil || u.Hostname() == "" || u.Host != r.Host {
		return "http://" + x.listener.Addr().String()
	}
	return scheme + "://" + r.Host
}
