package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

const (
	maxAudio     = 10 << 20
	fetchTimeout = 20 * time.Second // for all of it, also over a slow line
	maxRedirects = 3
)

// fetcher reads audio from files and the web, bounded in size and time.
type fetcher struct {
	client  *http.Client
	noFiles bool
}

func newFetcher(cfg EngineConfig) *fetcher {
	// After name resolution and on every redirect: the address counts, not the
	// name.
	dialer := &net.Dialer{Timeout: fetchTimeout, Control: DialControl(cfg.AllowPrivate), Resolver: cfg.resolver}
	return &fetcher{noFiles: cfg.NoFiles, client: &http.Client{
		// No proxy, which would connect for us to where we must not.
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true,
			ResponseHeaderTimeout: fetchTimeout, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("%w: more than %d redirects", ErrFetch, maxRedirects)
			}
			return nil
		},
	}}
}

// get reads a WAV or an MP3 from an http(s) or file URL or a path.
func (f *fetcher) get(ctx context.Context, ref string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	u, err := url.Parse(ref)
	if err != nil { // without the URL itself, which may hold a password
		var bad *url.Error
		if errors.As(err, &bad) {
			err = bad.Err
		}
		return nil, fmt.Errorf("%w: URL: %w", ErrFetch, err)
	}
	switch u.Scheme {
	case "http", "https":
		return f.web(ctx, u)
	case "file":
		return f.file(u.Path)
	case "":
		return f.file(ref)
	default:
		return nil, fmt.Errorf("%w: scheme %q", ErrFetch, u.Scheme)
	}
}

func (f *fetcher) web(ctx context.Context, u *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	req.Header.Set("Accept", "audio/wav, audio/x-wav, audio/mpeg")
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s: %s", ErrFetch, u.Redacted(), resp.Status)
	}
	body, err := bounded(resp.Body)
	if err != nil {
		return nil, err
	}
	if !isAudio(body) {
		return nil, fmt.Errorf("%w: content type %q", ErrUnsupportedAudio, resp.Header.Get("Content-Type"))
	}
	return body, nil
}

// file reads a regular file; anything else (a pipe, a device) could block.
func (f *fetcher) file(path string) ([]byte, error) {
	if f.noFiles {
		return nil, fmt.Errorf("%w: local files are not allowed", ErrFetch)
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	defer file.Close()
	body, err := bounded(file)
	if err != nil {
		return nil, err
	}
	if !isAudio(body) {
		return nil, fmt.Errorf("%w: content type %q", ErrUnsupportedAudio, http.DetectContentType(body))
	}
	return body, nil
}

// bounded reads all, up to maxAudio.
func bounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAudio+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	if len(body) > maxAudio {
		return nil, fmt.Errorf("%w: more than %d MiB", ErrTooLarge, maxAudio>>20)
	}
	return body, nil
}
