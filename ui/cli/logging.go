package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/tape"
	"cordpair/ui/cli/config"
)

// The keys of what this package logs.
const (
	keyErr     = "err"
	keyCall    = "call"
	keyCommand = "command"
	keyVersion = "version"
	keyRelay   = "relay"
	keySIP     = "sip"
)

// logName is the log's file under the state folder.
var logName = filepath.Join("log", "cordpair.log")

// openLog sets up the log. It goes to a file that is put aside as it grows,
// and never to the screen's terminal. With --debug and no file a command
// without a screen logs to standard error.
func (p *program) openLog(onTerminal bool) error {
	level := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[p.cfg.Log.Level.V]
	w, err := p.logWriter(onTerminal)
	if err != nil {
		return err
	}
	p.log = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: hideSecrets}))
	slog.SetDefault(p.log) // libraries that log on their own
	for _, w := range p.cfg.Warnings {
		p.log.Warn("configuration", "warning", w.String())
	}
	return nil
}

func (p *program) logWriter(onTerminal bool) (io.Writer, error) {
	named := p.cfg.Log.File
	if p.debug && !named.Given() && !onTerminal {
		return p.stderr, nil
	}
	file, err := p.logPath()
	if err != nil {
		return io.Discard, nil // no home, no log: no reason to fail
	}
	r := &rollingFile{path: file, most: p.cfg.Log.MaxSize.V << 20, keep: int(p.cfg.Log.Keep.V)}
	if named.Given() {
		if err := r.check(); err != nil {
			return nil, usagef("%s: %w", settingName(named.Origin, "log.file"), err)
		}
	}
	p.closeLog = r.Close
	return r, nil
}

// logPath is where the log goes.
func (p *program) logPath() (string, error) {
	if file := p.cfg.Log.File.V; file != "" {
		return file, nil
	}
	return stateFile(logName)
}

// frames logs each frame of a link without its secrets; nil unless --debug or
// the file asks for so much.
func (p *program) frames(ctx context.Context) func(out bool, data []byte) {
	log := p.logger()
	if !log.Enabled(ctx, slog.LevelDebug) {
		return nil
	}
	return func(out bool, data []byte) {
		safe, err := tape.Masked(jsontext.Value(data))
		if err != nil { // what is no JSON may hold anything
			safe = jsontext.Value(`"not shown"`)
		}
		log.Debug("relay: frame", "out", out, "frame", string(safe))
	}
}

// settingName is how a setting is called where it was given.
func settingName(o config.Origin, key string) string {
	if o.Layer == config.FromFlag {
		return o.Name
	}
	return fmt.Sprintf("%s (%s)", key, o)
}

// hideSecrets masks what must never be in a log, whoever logs it.
func hideSecrets(_ []string, a slog.Attr) slog.Attr {
	switch strings.ToLower(a.Key) {
	case "token", "password", "secret", "authorization", "jwt_token":
		return slog.String(a.Key, "********")
	}
	return a
}

func (p *program) logger() *slog.Logger {
	if p.log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return p.log
}

// started notes what runs, and of which build.
func (p *program) started(command string) {
	p.logger().Info("started", keyCommand, command, keyVersion, version(), "pid", os.Getpid())
}
