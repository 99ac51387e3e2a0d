package main

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"
)

// A tool is a load tool, how it is told a plan, and how it is understood.
type tool struct {
	name, program string
	latency       string // what it calls the time until a connection is open
	script        string // a template in scripts; "" for none
	flags         func(p plan, script, dir string) []string
	read          func(p plan, dir string) (said, error) // of what it left in dir
}

var tools = []tool{
	{"storm-loop", "storm", "handshake", "", stormFlags("loop"), stormSaid},
	{"storm-net", "storm", "handshake", "", stormFlags("net"), stormSaid},
	{"k6", "k6", "ws_connecting", "k6.js", k6Flags, k6Said},
	{"tsung", "tsung", "a transaction", "tsung.xml", tsungFlags, tsungSaid},
	{"artillery", "artillery", "session_length less -hold", "artillery.yml", artilleryFlags, artillerySaid},
}

func find(name string) (tool, error) {
	for _, t := range tools {
		if t.name == name {
			_, err := exec.LookPath(t.program)
			return t, err
		}
	}
	return tool{}, fmt.Errorf("-tools: there is no %q", name)
}

//go:embed scripts
var scripts embed.FS

var templates = template.Must(template.ParseFS(scripts, "scripts/*"))

// arguments are those that have t carry p out, with files in dir.
func (t *tool) arguments(p plan, dir string) ([]string, error) {
	script := filepath.Join(dir, t.script)
	if t.script != "" {
		f, err := os.Create(script)
		if err != nil {
			return nil, err
		}
		if err = errors.Join(templates.ExecuteTemplate(f, t.script, p), f.Close()); err != nil {
			return nil, err
		}
	}
	return t.flags(p, script, dir), nil
}

// What the scripts need of a plan besides its fields.

func (p plan) Message() string { return strings.Repeat("x", 64) }

func (p plan) Port() string { return strings.Trim(p.URL[strings.LastIndexByte(p.URL, ':'):], ":/") }

// Seconds is how long connections begin for.
func (p plan) Seconds() int {
	if p.Rate == 0 {
		return 1
	}
	return p.Connections / p.Rate
}

// AtMost is how long tsung may begin connections for, which come at random.
func (p plan) AtMost() int { return p.Seconds()*5/4 + 1 }

// AtOnce is how many connections are open at once, with a second to spare and those
// that a stall keeps waiting.
func (p plan) AtOnce() int {
	return min(p.Connections, int((p.Hold+p.stall+time.Second).Seconds()*float64(p.Rate)))
}

// result is the file that most tools write.
const result = "result.json"

func stormFlags(engine string) func(plan, string, string) []string {
	return func(p plan, _, dir string) []string {
		load := []string{"-c", "0"}
		if p.Rate > 0 {
			load = []string{"-r", fmt.Sprint(p.Rate)}
		}
		return append(load, "-n", fmt.Sprint(p.Connections), "--messages", "1", "--lifetime", p.Hold.String(),
			"--engine", engine, "--quiet", "--json", filepath.Join(dir, result), p.URL)
	}
}

func k6Flags(_ plan, script, dir string) []string {
	return []string{"run", "--quiet", "--no-usage-report", "--address", "", "--summary-export", filepath.Join(dir, result), script}
}

func tsungFlags(_ plan, script, dir string) []string {
	return []string{"-n", "-f", script, "-l", dir, "start"}
}

func artilleryFlags(_ plan, script, dir string) []string {
	return []string{"run", "--quiet", "--output", filepath.Join(dir, result), script}
}
