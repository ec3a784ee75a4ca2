package exchange

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"cordpair/relay/exchange/media"
)

// recordingsPath is where the RELAY listener serves recordings. Who knows a
// name may fetch it: it holds 128 random bits and is told to the client only.
const recordingsPath = "/recordings/"

// fetchWait is how long a fetch waits for a recording that is not whole yet.
const fetchWait = 30 * time.Second

// recordings is the folder of the recordings and the way to fetch them. Safe
// for concurrent use.
type recordings struct {
	mu     sync.Mutex
	dir    string
	own    bool                        // dir was made here, and goes with the exchange
	making map[string]*media.Recording // by file
}

func newRecordings(dir string) *recordings {
	return &recordings{dir: dir, making: map[string]*media.Recording{}}
}

// folder is where recordings are written; it is made when it is first needed.
func (r *recordings) folder() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dir == "" {
		dir, err := os.MkdirTemp("", "cordpair-recordings-")
		if err != nil {
			return "", fmt.Errorf("making a folder for recordings: %w", err)
		}
		r.dir, r.own = dir, true
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for recordings: %w", err)
	}
	return r.dir, nil
}

func (r *recordings) name() string { return strings.ToLower(rand.Text()) }

// keep remembers a recording until it is whole, for those who fetch it early.
func (r *recordings) keep(rec *media.Recording, file string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for file, other := range r.making {
		select {
		case <-other.Done():
			delete(r.making, file)
		default:
		}
	}
	r.making[file] = rec
}

// close removes a folder that was made here.
func (r *recordings) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.own {
		return nil
	}
	return os.RemoveAll(r.dir)
}

var recordingName = regexp.MustCompile(`^[a-z0-9]{26}\.(wav|mp3)$`)

// serve answers a fetch of one recording. There is no listing.
func (r *recordings) serve(w http.ResponseWriter, req *http.Request) {
	file := strings.TrimPrefix(req.URL.Path, recordingsPath)
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	r.mu.Lock()
	dir, rec := r.dir, r.making[file]
	r.mu.Unlock()
	if !recordingName.MatchString(file) || dir == "" {
		http.NotFound(w, req)
		return
	}
	if rec != nil {
		wait := time.NewTimer(fetchWait)
		defer wait.Stop()
		select {
		case <-rec.Done():
		case <-req.Context().Done():
			return
		case <-wait.C:
		}
	}
	kind := "audio/wav"
	if strings.HasSuffix(file, ".mp3") {
		kind = "audio/mpeg"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, no-store")
	http.ServeFile(w, req, filepath.Join(dir, file))
}
