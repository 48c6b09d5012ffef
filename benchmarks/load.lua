-- Send the requests of a file in turn and report one line that Python can read.
-- wrk -s load.lua URL -- FILE; each line of FILE is "METHOD PATH [BODY]".

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local kept, closed = {}, {}
local position, sent = 0, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
    if body == "" then body = nil end
    local headers = { ["Content-Type"] = "application/json" }
    kept[#kept + 1] = wrk.format(method, path, headers, body)
    headers["Connection"] = "close"
    closed[#closed + 1] = wrk.format(method, path, headers, body)
  end
  position = number * math.floor(#kept / 2) -- the threads ask for different things
end

-- One request in fifty ends its connection: with keep-alive alone all connections may stay with one
-- of the peer's workers for the whole run, and its figure is halved by chance.
function request()
  position = position % #kept + 1
  sent = sent + 1
  return sent % 50 == 0 and closed[position] or kept[position]
end

-- wrk counts an answer as wrong from status 400 on; a redirect would not pass the check of the
-- answers that comes before.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end
