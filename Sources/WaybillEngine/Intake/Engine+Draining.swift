import Dispatch
import WaybillBroker
import WaybillCore
import WaybillTimeouts

/// The end of an engine in order: nothing new comes in, and what is there is finished.
extension Engine {
    /// From now on work from outside is refused, and receives end without messages. What consumers have may still be
    /// answered, and modules may finish.
    package func refuseOutsideWork() {
        intake.drain()
        groups.close()
    }

    /// Waits until everything that is in line is committed and answered.
    package func finishWaiting() async {
        guard world.virtualClock == nil else { return }
        while true {
            // What was taken before this may still be written, or keeps its place: what comes now stands behind it.
            let isLast = intake.depth == 0
            let isIn = await withCheckedContinuation { continuation in
                let refusal = intake.add(.work { _ in continuation.resume(returning: true) }, isOwn: true)
                if refusal != nil { continuation.resume(returning: false) }
            }
            // Closed: nothing waits.
            if !isIn { return }
            if isLast { break }
        }
        // Replies of large writes are handed out by another thread.
        await withCheckedContinuation { continuation in replyQueue.async { continuation.resume() } }
    }
}
