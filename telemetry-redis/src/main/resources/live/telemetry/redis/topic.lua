-- What the scripts share; put in front of each of them.
--
-- A topic's metadata is a hash:
--   e  epoch                 r  replication id of the master that it was written on
--   s  newest seq            c  chain of the epochs before: "epoch cut;" each, oldest first
--   b  bytes ever stored     m  marks for trimming (publish.lua)
--   t  time and x bytes at which the next mark is due
--   u  seq of the newest record without a key
--
-- An epoch goes on only on the master that it was written on. After a failover to a replica that lagged, its numbers
-- would be used again; so the first script that sees another replication id opens a new epoch behind what there is.

local MAX_CHAIN = 32

-- Numbers are doubles: without a format, large ones turn into 1e+15.
local function text(number)
  return string.format('%.0f', number)
end

-- The replication id of this master, or '' where scripts may not ask for it (the weaker fence then).
local function replication_id(strong)
  if strong ~= '1' then
    return ''
  end
  local info = redis.call('INFO', 'replication')
  local _, before = string.find(info, 'master_replid:', 1, true)
  return string.match(info, '^%w+', before + 1)
end

local function load(key)
  local fields = redis.call('HMGET', key, 'e', 'r', 's', 'c', 'b', 'm', 't', 'x')
  if not fields[1] or not fields[3] then
    return nil
  end
  return {
    epoch = fields[1], replid = fields[2] or '', seq = tonumber(fields[3]), chain = fields[4] or '',
    bytes = tonumber(fields[5] or 0), marks = fields[6] or '',
    due = tonumber(fields[7] or 0), due_bytes = tonumber(fields[8] or 0)
  }
end

local function link(chain, epoch, cut)
  chain = chain .. epoch .. ' ' .. text(cut) .. ';'
  local _, length = string.gsub(chain, ';', ';')
  if length > MAX_CHAIN then
    chain = string.match(chain, '^[^;]*;(.*)$')
  end
  return chain
end

-- Opens a new epoch if this may not be the master on which the present one was written. known: the newest position that
-- the calling node has seen, for the weaker fence: a number below it means that numbers would be used again.
local function fence(topic, replid, fresh, known_epoch, known_seq)
  local moved
  if replid ~= '' then
    moved = topic.replid ~= replid
  else
    moved = topic.epoch == known_epoch and tonumber(known_seq) > topic.seq
  end
  if moved then
    topic.chain = link(topic.chain, topic.epoch, topic.seq)
    topic.epoch = fresh
    topic.replid = replid
  end
  return moved
end

local function save_fence(key, topic)
  redis.call('HSET', key, 'e', topic.epoch, 'r', topic.replid, 'c', topic.chain)
end
