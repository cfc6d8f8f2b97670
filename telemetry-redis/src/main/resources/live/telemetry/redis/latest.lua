-- The latest record of each key.
--
-- KEYS  1 metadata  2 stream  3 latest by key
-- ARGV  1 fresh epoch  2 '1': fence by replication id  3 known epoch  4 known seq  5 max keys
-- Returns nothing if the topic has no record; else epoch and newest seq; then, unless the table is full, so that keys may be
-- missing: '1', then seq and record in turn, of each key and of the newest without a key.

local topic = load(KEYS[1])
if not topic then
  return {}
end
if fence(topic, replication_id(ARGV[2]), ARGV[1], ARGV[3], ARGV[4]) then
  save_fence(KEYS[1], topic)
end
local answer = { topic.epoch, text(topic.seq) }
if redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[5]) then
  return answer
end
answer[3] = '1'
for _, value in ipairs(redis.call('HVALS', KEYS[3])) do
  local space = string.find(value, ' ', 1, true)
  answer[#answer + 1] = string.sub(value, 1, space - 1)
  answer[#answer + 1] = string.sub(value, space + 1)
end
local unkeyed = redis.call('HGET', KEYS[1], 'u') or '0'
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], unkeyed, unkeyed)) do
  answer[#answer + 1] = unkeyed
  answer[#answer + 1] = entry[2][2]
end
return answer
