-- Stores a batch: numbers, history, latest by key, registry, and one message to the nodes. All of it or nothing.
--
-- KEYS  1 counter of the partition  2 registry of its topics  3 the producer's last batch;
--       then for each topic: metadata, stream, latest by key
-- ARGV  1 number of the batch  2 fresh epoch  3 '1': fence by replication id  4 PUBLISH or SPUBLISH  5 channel
--       6 max records  7 max bytes  8 max age, ms  9 life of metadata, ms  10 life of the producer's last batch, ms
--       11 max keys;
--       then for each topic: name, known epoch, known seq, n, k, u, n records, k times (key, which of the records);
--       u: which record is the newest without a key, or -1
-- Returns "epoch first-seq" for each topic, separated by spaces; '- 0' for a topic that could not be stored.

local FIXED = 11
local MARKS = 16
local SWEEP = 1000

local batch = tonumber(ARGV[1])
local stored = redis.call('GET', KEYS[3])
if stored then
  local number, answer = string.match(stored, '^(%d+) (.*)$')
  if tonumber(number) == batch then
    return answer
  elseif tonumber(number) > batch then
    return redis.error_reply('STALE batch ' .. ARGV[1] .. ' came after ' .. number)
  end
end

local fresh, publish, channel = ARGV[2], ARGV[4], ARGV[5]
local max_records, max_bytes, max_age = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local life, max_keys = ARGV[9], tonumber(ARGV[11])
local replid = replication_id(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Everything is read before anything is written.
local topics = {}
local at, key = FIXED + 1, 4
while at <= #ARGV do
  local topic = load(KEYS[key])
  if topic then
    topic.opened = fence(topic, replid, fresh, ARGV[at + 1], ARGV[at + 2])
  else
    topic = { epoch = fresh, replid = replid, seq = 0, chain = '', bytes = 0, marks = '', due = 0, due_bytes = 0,
      opened = true }
  end
  topic.name = ARGV[at]
  topic.count, topic.keyed = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  topic.unkeyed = tonumber(ARGV[at + 5])
  topic.records = at + 6
  topic.key = key
  topics[#topics + 1] = topic
  at = topic.records + topic.count + 2 * topic.keyed
  key = key + 3
end

-- The first write. It fails, with nothing written, if memory is full or this is a replica; later ones do not.
local counter = redis.call('INCR', KEYS[1])

local function append_records(topic)
  local stream, reply = KEYS[topic.key + 1], nil
  for i = 1, topic.count do
    local id, record = text(topic.seq + i), ARGV[topic.records + i - 1]
    if i < topic.count then
      reply = redis.pcall('XADD', stream, id, 'r', record)
    else
      reply = redis.pcall('XADD', stream, 'MAXLEN', '~', max_records, id, 'r', record)
    end
    if type(reply) == 'table' and reply.err then
      return false
    end
  end
  return true
end

-- What was appended is not rolled back, so a stream that refuses a record is given up together with its epoch.
local function append(topic)
  if append_records(topic) then
    return true
  end
  redis.call('DEL', KEYS[topic.key + 1], KEYS[topic.key + 2])
  topic.epoch, topic.seq, topic.chain, topic.bytes, topic.marks, topic.due = fresh, 0, '', 0, '', 0
  topic.opened, topic.reset = true, true
  return append_records(topic)
end

-- A mark says: at that time, the newest record was that one, and so many bytes had been stored. Sixteen a retention are
-- enough to trim by age and bytes without a look at the records.
local function trim(topic)
  local stream = KEYS[topic.key + 1]
  if now < topic.due and topic.bytes < topic.due_bytes then
    return
  end
  local kept, upto = {}, nil
  for mark, t, s, b in string.gmatch(topic.marks, '((%d+) (%d+) (%d+);)') do
    if tonumber(t) <= now - max_age or topic.bytes - tonumber(b) >= max_bytes then
      upto = tonumber(s)
    else
      kept[#kept + 1] = mark
    end
  end
  if upto then
    redis.call('XTRIM', stream, 'MINID', text(upto + 1))
  end
  kept[#kept + 1] = text(now) .. ' ' .. text(topic.seq) .. ' ' .. text(topic.bytes) .. ';'
  topic.marks = table.concat(kept)
  topic.marked = true
  local step = math.max(1, math.floor(max_age / MARKS))
  topic.due = now + step
  topic.due_bytes = topic.bytes + math.max(1, math.floor(max_bytes / MARKS))
  redis.call('PEXPIRE', stream, text(max_age + 2 * step))
  local entered = redis.pcall('ZADD', KEYS[2], text(now), topic.name)
  if type(entered) == 'table' then
    redis.call('DEL', KEYS[2])
    redis.call('ZADD', KEYS[2], text(now), topic.name)
  end
end

local function remember_latest(topic, first)
  if topic.keyed == 0 then
    return
  end
  local latest = KEYS[topic.key + 2]
  local size = redis.pcall('HLEN', latest)
  if type(size) == 'table' then
    redis.call('DEL', latest)
    size = 0
  end
  for at = topic.records + topic.count, topic.records + topic.count + 2 * topic.keyed - 1, 2 do
    local name, which = ARGV[at], tonumber(ARGV[at + 1])
    if size < max_keys or redis.call('HEXISTS', latest, name) == 1 then
      size = size + redis.call('HSET', latest, name, text(first + which) .. ' ' .. ARGV[topic.records + which])
    end
  end
  redis.call('PEXPIRE', latest, life)
end

local function save(topic, first)
  local fields = { 's', text(topic.seq), 'b', text(topic.bytes) }
  local function set(name, value)
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
  if topic.unkeyed >= 0 then
    set('u', text(first + topic.unkeyed))
  elseif topic.reset then
    set('u', '0')
  end
  if topic.opened then
    set('e', topic.epoch)
    set('r', topic.replid)
    set('c', topic.chain)
  end
  if topic.marked then
    set('m', topic.marks)
    set('t', text(topic.due))
    set('x', text(topic.due_bytes))
  end
  redis.call('HSET', KEYS[topic.key], unpack(fields))
  if topic.marked then
    redis.call('PEXPIRE', KEYS[topic.key], life)
  end
end

if counter % SWEEP == 0 then
  redis.pcall('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now - tonumber(life)))
end
local answer = {}
local message = { struct.pack('>BI8', 1, counter) }
for _, topic in ipairs(topics) do
  if append(topic) then
    local first, size = topic.seq + 1, 0
    for i = 0, topic.count - 1 do
      size = size + #ARGV[topic.records + i]
    end
    topic.seq = topic.seq + topic.count
    topic.bytes = topic.bytes + size
    trim(topic)
    remember_latest(topic, first)
    save(topic, first)
    answer[#answer + 1] = topic.epoch .. ' ' .. text(first)
    message[#message + 1] = struct.pack('>I2c0I1c0I8I4I4', #topic.name, topic.name, #topic.epoch, topic.epoch,
      first, topic.count, size)
    for i = 0, topic.count - 1 do
      message[#message + 1] = ARGV[topic.records + i]
    end
  else
    answer[#answer + 1] = '- 0'
  end
end

local answers = table.concat(answer, ' ')
redis.call('SET', KEYS[3], ARGV[1] .. ' ' .. answers, 'PX', ARGV[10])
-- If this may not be published, the records are stored nevertheless; nodes find them by the counter.
redis.pcall(publish, channel, table.concat(message))
return answers
