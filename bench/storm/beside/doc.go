// Command beside carries one plan out with storm and with other load tools, each
// against a server in a process of its own, and prints what each took and whether
// what it counted is what the server counted.
//
// The tools are looked for in PATH, storm with both of its engines. Artillery needs
// Node.js 22.18, and would bring a browser without the variable:
//
//	go install ./bench/storm
//	go install go.k6.io/k6@v1.8.1
//	apt-get install --no-install-recommends tsung
//	PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install -g artillery@2.0.34
//
// Then, one after the other, since they would take the processors from each other:
//
//	go run ./bench/storm/beside                             # 4,000, 200 a second
//	go run ./bench/storm/beside -rate 0 -connections 1000   # all at once
//	go run ./bench/storm/beside -stall 1s
//
// Each connection sends one message, waits for its echo, stays for -hold, and is
// closed. Every round has all tools in turn, each with a new server; a figure is the
// median of the rounds, with the least and the most. With -stall the server's
// process is stopped for that long at the request that is in the middle of all.
//
// A tool that ends with another status than 0, or leaves no result, is in the table,
// with figures of the rounds that it left a result of; the status is 1 then.
//
// CPU time is user and system time of the tool and its child processes, memory the
// most that one process of it was resident with, both as the kernel counted them.
// The rate is from the server's first request to its last.
//
//	main_linux.go   the flags and the rounds
//	tools_linux.go  the tools, and how each is told the plan, with what is in scripts
//	said_linux.go   what each says that it did
//	server_linux.go the server
//	table_linux.go  the table
package main
