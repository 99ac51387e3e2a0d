package servers

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// report is what the tests read of storm's JSON.
type report struct {
	Counts   struct{ Opened, Failed int }
	Failures []struct {
		Reason string
		Count  int
	}
	Subprotocols, Extensions map[string]int
	Latency                  struct {
		Handshake struct {
			OK struct{ P50, Max int }
		}
	} `json:"latency_ns"`
}

// storm runs the load command and returns its report and exit status.
func storm(t *testing.T, args ...string) (r report, status int) {
	t.Helper()
	cmd := exec.CommandContext(deadline(t), env(t, "ZEROSHAKE_STORM"), append([]string{"-n", "200", "--json", "-"}, args...)...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+env(t, "ZEROSHAKE_CERT"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s", stderr.Bytes())
		}
	})
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	return r, cmd.ProcessState.ExitCode()
}

func TestStorm(t *testing.T) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			r, status := storm(t, "--subprotocol", "echo", "--extension", offers[0], "--extension", offers[1], env(t, s.env))
			if status != 0 || r.Counts.Opened != 200 || r.Counts.Failed != 0 || len(r.Failures) != 0 {
				t.Errorf("exit status %d, opened %d, failed %d %v; want 0, 200, 0", status, r.Counts.Opened, r.Counts.Failed, r.Failures)
			}
			if r.Subprotocols["echo"] != 200 || len(r.Extensions) != 1 {
				t.Errorf("subprotocols %v, extensions %v; want echo for all, and one extension", r.Subprotocols, r.Extensions)
			}
			if ok := r.Latency.Handshake.OK; ok.P50 <= 0 || ok.Max < ok.P50 {
				t.Errorf("latency %+v", ok)
			}
		})
	}
}

func TestStormRefused(t *testing.T) {
	r, status := storm(t, env(t, "ZEROSHAKE_NGINX")+"/missing")
	if status != 3 || r.Counts.Opened != 0 || r.Counts.Failed != 200 || len(r.Failures) != 1 || r.Failures[0].Reason != "status 404" || r.Failures[0].Count != 200 {
		t.Errorf("exit status %d, opened %d, failed %d %v; want 3, 0, 200 of status 404", status, r.Counts.Opened, r.Counts.Failed, r.Failures)
	}
}

// TestStormUntrusted leaves the certificate out of the roots.
func TestStormUntrusted(t *testing.T) {
	t.Setenv("ZEROSHAKE_CERT", os.DevNull)
	url := env(t, "ZEROSHAKE_WSS")
	if r, status := storm(t, url); status != 3 || r.Counts.Failed != 200 {
		t.Errorf("exit status %d, failed %d; want 3, 200", status, r.Counts.Failed)
	}
	if r, status := storm(t, "--insecure", url); status != 0 || r.Counts.Opened != 200 {
		t.Errorf("with --insecure: exit status %d, opened %d; want 0, 200", status, r.Counts.Opened)
	}
}
