package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

// shell is a command in which "$0" is storm.
func shell(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	self := stormCommand(t)
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, self.Path}, args...)...)
	cmd.Env = self.Env
	return cmd
}

// Descriptors that somebody else has taken of this process are not known before:
// what was opened until then is kept, and the report is written.
func TestNoDescriptorIsLeft(t *testing.T) {
	s := serve.New()
	server := httptest.NewServer(s.Handler)
	defer server.Close()
	for _, engine := range []string{"loop", "net"} {
		name := filepath.Join(t.TempDir(), "out.json")
		cmd := shell(t, `ulimit -n 120 && exec "$0" "$@"`, "-n", "80", "--loops", "1", "--engine", engine, "--json", name, strings.Replace(server.URL, "http", "ws", 1))
		for range 60 {
			f, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			cmd.ExtraFiles = append(cmd.ExtraFiles, f)
		}
		r := wait(t, cmd, func() {})
		r.want(t, 3, "connect: too many open files", "raise ulimit -n")
		c := parseResult(t, content(t, name))
		n, _ := count(c.Failures, "connect: too many open files")
		if n == 0 || n != c.Counts.Failed || c.Counts.Opened < 20 || c.Counts.Opened+n != 80 || c.Counts.Dropped != 0 || c.CloseCodes[1000] != c.Counts.Opened {
			t.Errorf("%s: %d times no descriptor, %+v", engine, n, c.Counts)
		}
	}
}

// namespace is a command in namespaces of its own, as far as this machine grants
// them: not ok if it does not.
func namespace(t *testing.T, script string, args ...string) (cmd *exec.Cmd, ok bool) {
	t.Helper()
	const needed = "ip link set lo up && test -w /proc/sys/net/ipv4/ip_local_port_range && mount -t tmpfs none /tmp"
	if text, err := exec.Command("unshare", "--map-root-user", "--net", "--mount", "sh", "-c", needed).CombinedOutput(); err != nil {
		t.Logf("no namespaces here: %v, %s", err, text)
		return nil, false
	}
	cmd = shell(t, script, args...)
	cmd.Args = append([]string{"unshare", "--map-root-user", "--net", "--mount"}, cmd.Args...)
	path, err := exec.LookPath("unshare")
	cmd.Path = path
	if err != nil {
		t.Fatal(err)
	}
	return cmd, true
}

// Twenty local ports are enough for twenty connections, and refuse twenty-one; but
// the server, on the same address, has one of them.
func TestNoPortIsLeft(t *testing.T) {
	const script = `ip link set lo up && echo 40000 40019 >/proc/sys/net/ipv4/ip_local_port_range && exec "$0" --local-addr 127.0.0.1 "$@"`
	for _, engine := range []string{"loop", "net"} {
		cmd, ok := namespace(t, script, "-n", "20", "--engine", engine, "--json", "-")
		if !ok { // an address that nobody has gives none
			r := runStorm(t, "-n", "3", "--engine", engine, "--local-addr", "192.0.2.1", "--json", "-")
			r.want(t, 3, "connect: local address is not on this machine")
			continue
		}
		r := wait(t, cmd, func() {})
		r.want(t, 3, "connect: no free local port", "--local-addr with several addresses")
		s := parseResult(t, r.stdout)
		if n, _ := count(s.Failures, "connect: no free local port"); n != 1 || s.Counts.Opened != 19 || s.Counts.Failed != 1 || s.Server.Opened != 19 ||
			s.Latency[measure.Handshake].OK.Count() != 19 {
			t.Errorf("%s: %d times no port, %+v", engine, n, s.Counts)
		}
		cmd, _ = namespace(t, script, "-n", "21", "--engine", engine)
		wait(t, cmd, func() {}).want(t, 2, "-n: 21 connections", "1 local address has 20", "--local-addr at least 2 addresses")
	}
}

// A disk that is full when the report is to be written leaves the earlier report as
// it was, and nothing else.
func TestDiskIsFullAtTheEnd(t *testing.T) {
	cmd, ok := namespace(t, `ip link set lo up && mount -t tmpfs -o size=4k none "$1" && cd "$1" && echo earlier >out.json &&
		"$0" -n 2 --json out.json; status=$?; ls -A; cat out.json; exit $status`, t.TempDir())
	if !ok {
		runStorm(t, "-n", "2", "--json", "/dev/full").want(t, 1, "--json: ", "no space left on device", "2 of 2")
		return
	}
	r := wait(t, cmd, func() {})
	r.want(t, 1, "--json: ", "no space left on device", "2 of 2")
	if !strings.HasSuffix(r.stdout, "\nout.json\nearlier\n") {
		t.Errorf("left in the directory: %v", r)
	}
}

// Each report in turn goes to a full disk: the others are whole.
func TestEveryReportOnAFullDisk(t *testing.T) {
	for _, lost := range outputFlags() {
		dir := t.TempDir()
		args := []string{"-n", "2"}
		for _, flag := range outputFlags() {
			if flag == lost {
				args = append(args, flag, "/dev/full")
			} else {
				args = append(args, flag, filepath.Join(dir, flag))
			}
		}
		runStorm(t, args...).want(t, 1, lost+": write /dev/full: no space left on device", "2 of 2")
		whole(t, dir, lost)
	}
}
