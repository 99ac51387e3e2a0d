package echo

import (
	"net"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/serve"
)

// variants are the programs as they are run, and the groups that they play.
var variants = []struct {
	program string
	flags   []string
	groups  string
}{
	{"dial", nil, "1. 2. 3. 4. 5. 6. 7. 9. 10."},
	{"session", nil, "1. 2. 3. 4. 5. 6. 7. 9. 10."},
	{"dial", []string{"-deflate"}, "1. 2. 5. 7. 12. 13."},
	{"session", []string{"-deflate"}, "1. 2. 5. 7. 12. 13."},
}

// TestConformance: both programs do what RFC 6455 and RFC 7692 ask for, in every
// case that serve has.
func TestConformance(t *testing.T) {
	cases, err := serve.Cases()
	if err != nil {
		t.Fatal(err)
	}
	volumes := serve.Volumes(*full)
	for _, v := range variants {
		t.Run(strings.Join(append([]string{v.program}, v.flags...), " "), func(t *testing.T) {
			t.Parallel()
			played := map[string]int{}
			for _, c := range cases {
				group, _, _ := strings.Cut(c.ID, ".")
				if !strings.Contains(" "+v.groups, " "+group+".") {
					continue
				}
				played[group]++
				verdict := serve.OK
				extension := ""
				if v.flags != nil {
					extension = "permessage-deflate" // negotiated, and no message is compressed
				}
				play(t, v.program, v.flags, c.ID+" "+c.Title, extension, func(conn *serve.Conn) (err error) {
					var strict serve.Verdict
					if strict, err = c.Play(conn); err == nil {
						verdict = strict
					}
					return err
				})
				if verdict != serve.OK && !c.Informational {
					t.Errorf("%s %s: %s", c.ID, c.Title, verdict)
				}
			}
			for _, c := range volumes {
				group, _, _ := strings.Cut(c.ID, ".")
				if !strings.Contains(" "+v.groups, " "+group+".") {
					continue
				}
				played[group]++
				play(t, v.program, v.flags, c.String(), c.Extension, c.Play)
			}
			for _, group := range strings.Fields(v.groups) {
				if played[strings.TrimSuffix(group, ".")] == 0 {
					t.Errorf("no case of group %s", group)
				}
			}
			t.Log(played)
		})
	}
}

// play runs a program against one connection. It must end with 0 if the server
// closed, else with 1 and one line.
func play(t *testing.T, program string, flags []string, name, extension string, play func(*serve.Conn) error) {
	t.Helper()
	result := make(chan error, 1)
	addr := listen(t, func(nc net.Conn) {
		c, err := serve.Open(nc, func(string) string { return extension })
		if err == nil {
			err = play(c)
		}
		result <- err
	})
	status, printed := runProgram(t, program, append(flags, "ws://"+addr+"/")...)
	if err := <-result; err != nil {
		t.Fatalf("%s: %v; the program: %d, %q", name, err, status, printed)
	}
	if status == 0 && printed != "" || status == 1 && !oneLine(printed) || status > 1 || status < 0 {
		t.Errorf("%s: the program ended with %d, %q", name, status, printed)
	}
}

func oneLine(s string) bool { return strings.Index(s, "\n") == len(s)-1 && len(s) > 1 }
