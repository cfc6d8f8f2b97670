-- The newest positions of topics of one partition.
--
-- KEYS  the topics' metadata
-- ARGV  1 fresh epoch  2 '1': fence by replication id; then for each topic: known epoch, known seq
-- Returns epoch and seq for each topic; '' and '0' for one that has no record.

local replid = replication_id(ARGV[2])
local answer = {}
for i, key in ipairs(KEYS) do
  local topic = load(key)
  if topic then
    if fence(topic, replid, ARGV[1], ARGV[1 + 2 * i], ARGV[2 + 2 * i]) then
      save_fence(key, topic)
    end
    answer[#answer + 1] = topic.epoch
    answer[#answer + 1] = text(topic.seq)
  else
    answer[#answer + 1] = ''
    answer[#answer + 1] = '0'
  end
end
return answer
