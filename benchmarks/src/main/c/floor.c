// The floor that a fan-out with one system call a record stands on: epoll, and one write() of a ready WebSocket frame for each
// subscriber and record. No protocol, no history, no fairness. Commands as in ServerProcess.java: "load <topics> <rate> <bytes>
// <keys>" (topics and keys are taken for one and none), anything else is answered "ok"; it ends with its standard input.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RECORD = 4096, MAX_HEAD = 2048, MAX_SUBSCRIBERS = 200000, EVENTS = 512 };

// A subscriber that has taken half a frame gets the rest of it first; whole records that it cannot take are left out.
typedef struct {
  int fd, open, rest_bytes, head_bytes;
  char *rest;
  char head[MAX_HEAD];
} subscriber;

static subscriber *subscribers[MAX_SUBSCRIBERS];
static int subscriber_count, epoll, listening;
static long long seq;

// RFC 6455 §1.3 has the answer to this key, which is the one that the load client sends.
static const char *ACCEPTED =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int64_t now(int clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void watch(int fd, void *who) {
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = who};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static void drop(subscriber *s) {
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
  s->open = 0;
}

static void accept_all(void) {
  for (int fd; (fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (subscriber_count == MAX_SUBSCRIBERS) { close(fd); continue; }
    subscriber *s = calloc(1, sizeof *s);
    s->fd = fd;
    subscribers[subscriber_count++] = s;
    watch(fd, s);
  }
}

static void read_from(subscriber *s) {
  char ignored[MAX_HEAD], *to = s->open ? ignored : s->head + s->head_bytes;
  int room = s->open ? MAX_HEAD : MAX_HEAD - 1 - s->head_bytes, n = read(s->fd, to, room);
  if (n == 0 || (n < 0 && errno != EAGAIN)) { drop(s); return; }
  if (n < 0 || s->open) return;
  s->head_bytes += n;
  s->head[s->head_bytes] = 0;
  if (strstr(s->head, "\r\n\r\n")) {
    if (write(s->fd, ACCEPTED, strlen(ACCEPTED)) < 0) drop(s); else s->open = 1;
  }
}

static void deliver(subscriber *s, const char *frame, int bytes) {
  if (s->rest_bytes) {
    int n = write(s->fd, s->rest, s->rest_bytes);
    if (n < 0) { if (errno != EAGAIN) drop(s); return; }
    memmove(s->rest, s->rest + n, s->rest_bytes -= n);
    if (s->rest_bytes) return;
  }
  int n = write(s->fd, frame, bytes);
  if (n < 0) { if (errno != EAGAIN) drop(s); return; }
  if (n < bytes) {
    if (!s->rest) s->rest = malloc(MAX_RECORD + 4);
    memcpy(s->rest, frame + n, s->rest_bytes = bytes - n);
  }
}

static void publish(int data_bytes) {
  static char text[MAX_RECORD], frame[MAX_RECORD + 4], pad[MAX_RECORD];
  char stamp[64];
  int stamped = snprintf(stamp, sizeof stamp, "{\"t\":%lld,\"pad\":\"", (long long)now(CLOCK_MONOTONIC));
  int padding = data_bytes - stamped - 2;
  memset(pad, 'x', sizeof pad);
  int n = snprintf(text, sizeof text, "{\"type\":\"data\",\"topic\":\"load.0\",\"seq\":%lld,\"ts\":%lld,\"data\":%s%.*s\"}}",
                   ++seq, (long long)(now(CLOCK_REALTIME) / 1000000), stamp, padding > 0 ? padding : 0, pad);
  if (n >= MAX_RECORD) n = MAX_RECORD - 1;
  int head = n < 126 ? 2 : 4;
  frame[0] = (char)0x81;
  frame[1] = (char)(n < 126 ? n : 126);
  if (head == 4) { frame[2] = (char)(n >> 8); frame[3] = (char)n; }
  memcpy(frame + head, text, n);
  for (int i = 0; i < subscriber_count; i++) if (subscribers[i]->open) deliver(subscribers[i], frame, head + n);
}

static void begin_load(int timer, double rate) {
  int64_t period = (int64_t)(1e9 / rate);
  struct timespec t = {period / 1000000000, period % 1000000000};
  struct itimerspec every = {.it_interval = t, .it_value = t};
  timerfd_settime(timer, 0, &every, NULL);
}

static void publish_due(int timer, double rate, int bytes) {
  uint64_t due = 0, most = (uint64_t)(rate / 20) + 1;
  if (read(timer, &due, sizeof due) != sizeof due) return;
  // What is more than 50 ms late is left out, as the Java servers' load does.
  if (due > most) due = most;
  while (due--) publish(bytes);
}

int main(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listening, (void *)&address, length) || listen(listening, 1024)) { perror("listen"); return 1; }
  getsockname(listening, (void *)&address, &length);
  epoll = epoll_create1(0);
  watch(listening, &listening);
  watch(STDIN_FILENO, NULL);
  printf("ready %d\n", ntohs(address.sin_port));
  fflush(stdout);

  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), bytes = 0;
  double rate = 0;
  watch(timer, &timer);
  for (;;) {
    struct epoll_event events[EVENTS];
    int n = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      void *who = events[i].data.ptr;
      if (who == &listening) accept_all();
      else if (who == &timer) publish_due(timer, rate, bytes);
      else if (who) read_from(who);
      else {
        char line[256];
        int k = read(STDIN_FILENO, line, sizeof line - 1), topics, keys;
        if (k <= 0) return 0;
        line[k] = 0;
        if (sscanf(line, "load %d %lf %d %d", &topics, &rate, &bytes, &keys) == 4) begin_load(timer, rate);
        printf("ok\n");
        fflush(stdout);
      }
    }
  }
}
