// Command hundredthousand holds a hundred thousand connections at once on one
// machine, and has the servers say so: it starts servers and clients as processes
// of their own, since none may have that many descriptors, lets the clients of
// package session/loop connect from several addresses of 127.0.0.0/8, and then
// holds all for a minute, with a ping on each every 20 seconds.
//
//	go run ./bench/hundredthousand
//	go run ./bench/hundredthousand -connections 2000 -hold 3s -ping 1s
//
// It prints what each server counted: connections open, and the pings that it
// answered on the connection with the fewest and on that with the most. It exits
// with 1 unless all connections were open to the end and answered every ping, and
// with 2 before it starts if the machine has not the memory or the descriptors.
//
//	main_linux.go   the processes, and what they must have counted
//	server_linux.go a server: one thread and epoll
//	client_linux.go a client: package session/loop
package main
