package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestLocalAddrs(t *testing.T) {
	for _, tt := range []struct {
		list string // by spaces
		n    int
		want string // as fmt has it; ! for an error that holds the rest
	}{
		{"", 5, "[]"},
		{"127.0.0.1", 5, "[127.0.0.1]"},
		{"127.0.0.1 ::1 fe80::1%lo", 5, "[127.0.0.1 ::1 fe80::1%lo]"},
		{"::ffff:127.0.0.1", 5, "[127.0.0.1]"},
		{"10.0.0.0/29", 9, "[10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6]"},
		{"10.0.0.5/29", 2, "[10.0.0.1 10.0.0.2]"},
		{"10.0.0.4/31", 9, "[10.0.0.4 10.0.0.5]"},
		{"10.0.0.4/32", 9, "[10.0.0.4]"},
		{"10.0.0.0/30 10.0.1.0/30", 3, "[10.0.0.1 10.0.0.2 10.0.1.1]"},
		{"0.0.0.0/0", 2, "[0.0.0.1 0.0.0.2]"},
		{"255.255.255.252/30", 9, "[255.255.255.253 255.255.255.254]"},
		{"2001:db8::/64", 3, "[2001:db8:: 2001:db8::1 2001:db8::2]"},
		{"localhost", 5, `!--local-addr: "localhost"`},
		{"10.0.0.0/33", 5, `!--local-addr: "10.0.0.0/33"`},
	} {
		got, err := localAddrs(strings.Fields(tt.list), tt.n)
		if text, bad := strings.CutPrefix(tt.want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: %v, %v; want error with %q", tt.list, got, err, text)
			}
		} else if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%q: %v, %v; want %s", tt.list, got, err, tt.want)
		}
	}
}
