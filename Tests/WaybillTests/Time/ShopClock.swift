import Foundation
import Synchronization
import Waybill
import WaybillCore
import WaybillTimeouts

/// The clocks of a machine as a test sets them: an engine over them has its threads, as in the real world.
final class ShopClock: Sendable {
    private let state: Mutex<(wall: Moment, uptime: Interval)>

    init(_ wall: Moment = noon) { state = Mutex((wall: wall, uptime: Interval.hours(5))) }

    /// Time passes, by both clocks, and the wall clock steps besides.
    func pass(_ interval: Interval, stepping step: Interval = .seconds(0)) {
        state.withLock {
            $0.wall = $0.wall.advanced(by: interval).advanced(by: step)
            $0.uptime = Interval(milliseconds: $0.uptime.milliseconds + interval.milliseconds)
        }
    }

    var world: World {
        let numbers = Mutex(SeededGenerator(seed: 7))
        return World(
            now: { self.state.withLock { $0.wall } }, uptime: { self.state.withLock { $0.uptime } },
            random: { numbers.withLock { $0.next() } })
    }
}
