/**
 * The hold model over C++'s std::priority_queue, as source: written out, compiled and run at bench time. Reads delays
 * and initial times as doubles, holds at the size of the latter, and prints how many CPU seconds the measured part took
 * (clock(), which counts the process's CPU time), after an unmeasured part of the same length.
 */
export const holdPeer = `
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

struct Event { int64_t time; uint64_t sequence; int32_t payload; };
struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.time > b.time || (a.time == b.time && a.sequence > b.sequence);
  }
};

static std::vector<int64_t> read(const char* path) {
  std::vector<int64_t> values;
  FILE* file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  for (double value; fread(&value, sizeof value, 1, file) == 1;) values.push_back((int64_t)value);
  fclose(file);
  return values;
}

int main(int, char** argv) {
  const std::vector<int64_t> delays = read(argv[1]);
  const std::vector<int64_t> initial = read(argv[2]);
  const long operations = atol(argv[3]);
  const size_t mask = delays.size() - 1;
  std::priority_queue<Event, std::vector<Event>, Later> queue;
  uint64_t sequence = 0;
  size_t drawn = 0;
  for (int64_t time : initial) queue.push({time, sequence, (int32_t)sequence}), sequence++;
  for (int measured = 0; measured < 2; measured++) {
    const clock_t before = clock();
    for (long i = 0; i < operations; i++) {
      const Event event = queue.top();
      queue.pop();
      queue.push({event.time + delays[drawn++ & mask], sequence++, event.payload});
    }
    if (measured) printf("%.6f\\n", (double)(clock() - before) / CLOCKS_PER_SEC);
  }
}
`;
