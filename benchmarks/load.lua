-- Sends the requests of a file in turn and prints the results as one line for benchmarks/load.py.
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
  position = number * math.floor(#kept / 2) -- threads start at different requests
end

-- One request in fifty closes its connection: with keep-alive alone, all connections may be accepted by
-- one of the peer's workers, which would halve its result for the whole run.
function request()
  position = position % #kept + 1
  sent = sent + 1
  return sent % 50 == 0 and closed[position] or kept[position]
end

-- wrk counts a status of 400 or above as an error; redirects were already excluded by the comparison of
-- the answers.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end
