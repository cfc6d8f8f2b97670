-- Reads a topic on from a position.
--
-- KEYS  1 metadata  2 stream
-- ARGV  1 fresh epoch  2 '1': fence by replication id  3 known epoch  4 known seq  5 epoch and 6 seq to go on from
--       7 at most so many records  8 at most so many bytes, but one record
-- Returns nothing if the topic has no record; else epoch, newest seq, the last seq of the epoch asked for that is still
-- valid (-1 if that epoch is unknown), the seq to read from, then id and record in turn.

local PAGE = 64

local topic = load(KEYS[1])
if not topic then
  return {}
end
if fence(topic, replication_id(ARGV[2]), ARGV[1], ARGV[3], ARGV[4]) then
  save_fence(KEYS[1], topic)
end

local epoch, after = ARGV[5], tonumber(ARGV[6])
local cut = -1
if epoch == '' or epoch == topic.epoch then
  cut = topic.seq
else
  for old, last in string.gmatch(topic.chain, '([^ ;]+) (%d+);') do
    if old == epoch then
      cut = tonumber(last)
    end
  end
end

local from = after + 1
if cut < 0 then
  from = 1
elseif after > cut then
  from = cut + 1
end

local answer = { topic.epoch, text(topic.seq), text(cut), text(from) }
local left, bytes = tonumber(ARGV[7]), tonumber(ARGV[8])
local at = from
while left > 0 and bytes > 0 do
  local entries = redis.call('XRANGE', KEYS[2], text(at), '+', 'COUNT', math.min(left, PAGE))
  for _, entry in ipairs(entries) do
    if bytes > 0 then
      answer[#answer + 1] = entry[1]
      answer[#answer + 1] = entry[2][2] or ''
      bytes = bytes - #(entry[2][2] or '')
    end
  end
  left = left - #entries
  if #entries < PAGE then
    break
  end
  at = tonumber(string.match(entries[#entries][1], '^%d+')) + 1
end
return answer
