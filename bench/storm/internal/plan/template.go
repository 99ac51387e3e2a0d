package plan

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A template is text in which {{NAME}} stands for what differs from connection to
// connection. It is compiled once; appending it allocates nothing.
type template []part

// A part is text, or what stands in its place.
type part struct {
	name   variable
	text   string
	column int  // of csv
	escape bool // percent-encoded
}

type variable uint8

const (
	literal variable = iota
	conn
	seq
	uuid
	cell
)

// Variables are the names that {{...}} knows.
var variables = []struct{ name, means string }{
	{"{{conn}}", "the number of the connection, from 0"},
	{"{{seq}}", "the number of the message on its connection, from 0; in --payload"},
	{"{{uuid}}", "a random UUID of the connection and message; the same for the same --seed"},
	{"{{csv.COLUMN}}", "of the row of --csv-data that is the connection's: rows are taken in turn"},
	{"{{env.NAME}}", "an environment variable"},
	{"{{file.PATH}}", "what a file holds, without the line break at its end"},
}

var placeholder = regexp.MustCompile(`\{\{\s*((?:env|file|csv)\.[^{}\n]*?|[A-Za-z][\w.-]*)\s*\}\}`)

// A compiler makes templates. It keeps what came from the environment and from
// files, which is more often secret than not.
type compiler struct {
	seed     uint64
	table    *table
	secrets  []string
	messages bool     // {{seq}} is known
	payload  [32]byte // the digest of what --payload holds
}

// compile compiles text. Errors name the place.
func (c *compiler) compile(place, text string) (t template, err error) {
	for {
		at := placeholder.FindStringSubmatchIndex(text)
		if at == nil {
			return t.literal(text), nil
		}
		t = t.literal(text[:at[0]])
		p, err := c.part(place, text[at[2]:at[3]])
		if err != nil {
			return nil, err
		}
		if p.name == literal {
			t = t.literal(p.text)
		} else {
			t = append(t, p)
		}
		text = text[at[1]:]
	}
}

// literal appends text, to the text before it if there is some.
func (t template) literal(text string) template {
	switch last := len(t) - 1; {
	case text == "":
		return t
	case last >= 0 && t[last].name == literal:
		t[last].text += text
		return t
	}
	return append(t, part{text: text})
}

func (c *compiler) part(place, name string) (p part, err error) {
	kind, of, _ := strings.Cut(name, ".")
	switch {
	case name == "conn":
		return part{name: conn}, nil
	case name == "uuid":
		return part{name: uuid}, nil
	case name == "seq" && c.messages:
		return part{name: seq}, nil
	case name == "seq":
		return p, usagef("%s: {{seq}} is the number of a message, and so for --payload alone", place)
	case kind == "csv":
		if c.table == nil {
			return p, usagef("%s: {{%s}} needs --csv-data FILE", place, name)
		}
		p = part{name: cell, column: slices.Index(c.table.head, of)}
		if p.column < 0 {
			return p, usagef("%s: {{%s}}: --csv-data has no column of that name; it has %s", place, name, strings.Join(c.table.head, ", "))
		}
		return p, nil
	case kind == "env":
		value, ok := os.LookupEnv(of)
		if !ok {
			return p, usagef("%s: {{%s}}: the environment has no %s", place, name, of)
		}
		p.text = value
	case kind == "file":
		b, err := readFile(of, maxValue)
		if err != nil {
			return p, usagef("%s: {{%s}}: %v", place, name, err)
		}
		p.text = strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	default:
		var names []string
		for _, v := range variables {
			if v.name != "{{seq}}" || c.messages {
				names = append(names, v.name)
			}
		}
		return p, usagef("%s: {{%s}} is unknown; there are %s", place, name, strings.Join(names, ", "))
	}
	c.secrets = append(c.secrets, p.text)
	return p, nil
}

// maxValue bounds a file that is a value, in octets.
const maxValue = 64 << 10

// fixed reports that t is the same for all connections.
func (t template) fixed() bool {
	return !slices.ContainsFunc(t, func(p part) bool { return p.name != literal })
}

// uses reports that t has one of the variables.
func (t template) uses(names ...variable) bool {
	return slices.ContainsFunc(t, func(p part) bool { return slices.Contains(names, p.name) })
}

// append appends t for message n of connection k to b.
func (c *compiler) append(t template, b []byte, k, n int) []byte {
	for i := range t {
		p := &t[i]
		switch p.name {
		case literal:
			b = append(b, p.text...)
		case conn:
			b = strconv.AppendInt(b, int64(k), 10)
		case seq:
			b = strconv.AppendInt(b, int64(n), 10)
		case uuid:
			b = c.appendUUID(b, k, n)
		case cell:
			value := c.table.cell(k, p.column)
			if p.escape {
				value = escape(value)
			}
			b = append(b, value...)
		}
	}
	return b
}

// appendUUID appends a version 4 UUID: RFC 9562 section 5.4.
func (c *compiler) appendUUID(b []byte, k, n int) []byte {
	g := rand.NewPCG(c.seed, uint64(k)<<32^uint64(n))
	var u [16]byte
	for range 2 { // those of seeds side by side are alike at first
		binary.BigEndian.PutUint64(u[:8], g.Uint64())
		binary.BigEndian.PutUint64(u[8:], g.Uint64())
	}
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	start := 0
	for i, end := range []int{4, 6, 8, 10, 16} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, u[start:end])
		start = end
	}
	return b
}
