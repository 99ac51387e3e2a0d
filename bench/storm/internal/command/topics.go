package command

// A helpTopic is what storm help NAME prints.
type helpTopic struct{ name, title, text string }

const topicList = "stages, templates, thresholds, output, status, limits"

var topics = []helpTopic{
	{"stages", "When connections begin, and how long they stay", `
Without a rate the model is closed: -c workers open a connection each, and the
next when that one is open, or, with --lifetime, closed. A slow server gets less
load.

With a rate the model is open: connections begin when they are due, however
slow the server is. -c then limits how many are being opened at once, not how
many are open, and who waits for it is counted as late.

  -r 500                    500 a second, -n of them
  -r 30/m --duration 1h     /s, /m or /h
  --stage 1000/s:1m         RATE:DURATION       that rate
  --stage 0:1000/s:30s      FROM:TO:DURATION    a ramp
  --stage :0:10s            :TO:DURATION        a ramp from the rate before
  --stage hold:5m           hold:DURATION       the rate before

--stage is repeatable, and takes several with commas:

  storm --stage 0:1000/s:30s,hold:5m,:0:30s wss://host.example/

Arrivals are evenly spaced: arrival k, from 0, is due when the integral of the
rate is k, so the number of arrivals follows from the stages (here 330000). With
--poisson they are at random, a Poisson process of that rate, as many users who
know nothing of each other are; --seed gives another one.

-n and --duration end arrivals early. --stop-on-failures 5% ends the run when
more than that part of the connections has failed; one alone never does.
--time-limit ends it whatever is under way.

Connections stay open until the end of the run, which is --hold after the last
has opened. With --lifetime D each is closed D after it opened, when what it has
sent is answered; with 0s when all its messages are. What begins within --warmup
is done, but not in the figures. With --reconnect 100ms:30s those that are
dropped, and those that do not open, are dialled again after a pause that
doubles each time, from the first to the longest, until the lifetime of the
first is over or the run is.

A reply has --reply-timeout to come; at the end of the run, --close-timeout. As
replies are taken in order, a connection on which none comes for so long is
closed, and counts as dropped; with --echo-check, lost ones are told apart. The
run waits for the messages of each until it is dropped: what is dialled again
has as long as --lifetime or --hold. --no-reply is for servers that answer none:
all that comes is counted as unasked.
`},
	{"templates", "What stands for something else in URLs, headers, credentials and payloads", `
  {{conn}}        the number of the connection, from 0
  {{seq}}         the number of the message on it, from 0; in --payload alone
  {{uuid}}        a UUID of the connection and message, by --seed
  {{csv.COLUMN}}  from the row of --csv-data that is the connection's turn
  {{env.NAME}}    an environment variable
  {{file.PATH}}   what a file holds, without the line break at its end

They work in URLs, -H, --cookie, --user, --bearer, --origin, --subprotocol,
--payload and, but for those that differ between connections, --proxy. An
unknown name is an error; braces around anything but a name are text.

In the path, query and userinfo of a URL values are percent-encoded. In place of
a host or port they must be one, and in headers they must be a value: nothing
can bring a line break in.

--csv-data FILE has a line of column names, and rows behind it (RFC 4180):

  user,token
  ann,5f1c
  bob,77aa

  storm --csv-data f.csv --bearer '{{csv.token}}' 'wss://h.example/{{csv.user}}'

Credentials are better kept off the command line, which others can see:
--bearer '{{env.TOKEN}}' or --user 'ann:{{file.password}}'.

--config FILE has flags as YAML, with the same names, and the URLs as url. What
is on the command line as well is taken from there. --print-plan makes such a
file of a command line, with credentials masked.

  url: wss://host.example/chat
  stage: [0:1000/s:30s, hold:5m]
  header:
    - "X-Tenant: load"
  bearer: "{{env.TOKEN}}"
  threshold: [handshake.p99<50ms, failed<0.1%]
`},
	{"thresholds", "What a run has to keep", `
--threshold 'METRIC OPERATOR LIMIT', repeatable. The operators are <, <=, >, >=
and ==. Put it in quotes: < means something to the shell.

Latencies, as METRIC.p99 (any percentile), .min, .mean or .max, against a
duration:

  handshake        from the planned start to open
  service          from the actual start to open
  delay            from the planned start to the actual one
  dns, connect, tls, upgrade       the parts of service
  first_message    from open to the first message of the server
  message          from when a message was due to its reply
  message_service  from its write to its reply
  ping             from ping to pong; those that would have been due meanwhile
                   count as well, up to it

Counts, against a number, or against a part of those there were, in %:

  opened, failed, cut_off, late, not_started, dropped, reconnects_failed,
  unclean (closed, but not by the server as well), sent_late, not_sent,
  answered, wrong, unanswered

Rates, against a number with /s:

  rate             connections that began
  messages         messages that were answered; with --no-reply, sent

Latencies are of what succeeded, so watch failures as well:

  --threshold 'handshake.p99<50ms' --threshold 'failed<0.1%'

A broken threshold makes the exit status 99; one on something that was never
measured makes it 4: it neither held nor broke.
`},
	{"output", "What storm says, and where", `
On a terminal storm shows how the run stands; elsewhere it prints a line a
second to stderr; with --quiet neither. A summary follows, on stdout, or on
stderr if an output below takes stdout.

  --json FILE       everything, with whole histograms: for programs, storm merge
  --csv FILE        a line a second: rates, counts, percentiles
  --html FILE       one page for any browser: plots, failures, settings
  --bench FILE      Go benchmark format: benchstat compares two runs
  --hdr FILE        HdrHistogram log, format 1.3, in nanoseconds: a line for a
                    second and a phase; tags are PHASE and PHASE_failed

--prometheus 127.0.0.1:9464 serves the figures of the report so far, for as long
as the run takes, to who reaches that address: there is no password. With port 0
storm says which one it is. What comes behind the last scrape is in the report
alone.

Latencies are counted from when something was due, so that a server that stalls
shows in all that had to wait for it, and not in one connection alone. The
"service" figures beside them are from when it really began.

-v, with -n 1, shows the whole exchange: TLS and its certificate, each header,
with what was thought of it, and each frame. Credentials are masked in all of
this: values of headers, queries and cookies, passwords, and what {{env.X}} and
{{file.X}} stand for. SSLKEYLOGFILE names a file for the secrets of TLS, for
Wireshark.
`},
	{"status", "Exit status, the first that applies", `
    2  bad usage, or a plan that cannot work on this machine
  129  SIGHUP    what was measured until then is reported; a second signal ends
  130  SIGINT    storm at once
  143  SIGTERM
    1  storm itself failed: embedded server, report
   99  a threshold was broken
    4  a threshold is on something that was never measured
    3  without thresholds: connections failed or were dropped, a reply was wrong
       or missing; or --stop-on-failures or --time-limit ended the run
    0  else
`},
	{"limits", "What a machine has to have", `
A connection takes a file descriptor, here and in the server, a port of a local
address for each server, and memory: about 6 KiB with the engine loop, 11 KiB
with net, 24 KiB with TLS. storm refuses a plan that cannot work, with the
numbers; what is left for a name with several addresses, nobody knows ahead.

  descriptors   ulimit -n; storm raises it to the hard limit itself
  ports         28232 for an address and server as Linux has it: give more
                addresses, --local-addr 10.0.0.10,10.0.0.11 or 127.0.1.0/24, or
                a larger net.ipv4.ip_local_port_range. Past half of an address's
                ports Linux before 6.3 searches long for a free one
  TIME_WAIT     Linux keeps the port of a connection that storm closes first
                for a minute; --reset ends many short ones without that
  memory        spread over several machines, and storm merge the results

When this machine cannot keep the rate, storm says so: arrivals that begin more
than 10 ms after they were due are late, and why is counted.
`},
}
