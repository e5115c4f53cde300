package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What one look of a receive came to.
package enum ReceiveLook: Sendable {
    case deliveries([Delivery])
    case refused(MessageRefusal)
    /// Nothing is there: it may wait for the next change.
    case nothing(ReceivePlace)
}

/// What a receive had seen when it found nothing.
package struct ReceivePlace: Sendable {
    let group: GroupNumber
    let seen: GroupMemory.ChangeMark
}

/// A wait that has begun, or why there is none.
package enum ReceiveWait: Sendable {
    case begun(number: UInt64)
    /// Something has happened since the look.
    case looksAgain
    case refused(MessageRefusal)
}

/// Receiving without a task while nothing is there: many clients that wait cost a record each, and no frames of tasks.
extension Receiver {
    /// Looks once.
    ///
    /// - Parameter hasWaited: whether it waited before: then the end of the file is no refusal.
    package func look(_ request: ReceiveRequest, hasWaited: Bool) async -> ReceiveLook {
        if let refusal = request.refusal(settings) { return .refused(refusal) }
        do {
            while true {
                switch try await receiveNow(request, inOneWrite: false) {
                case .refused(.shuttingDown) where hasWaited: return .deliveries([])
                case .refused(let refusal): return .refused(refusal)
                case .some(.deliveries(let deliveries)): return .deliveries(deliveries)
                case .some(.batch): return .deliveries([])
                case .nothing(let group, let seen):
                    if await writer.surfaceOverdue() { continue }
                    return seen.map { .nothing(ReceivePlace(group: group, seen: $0)) } ?? .deliveries([])
                }
            }
        } catch let refusal as MessageRefusal {
            return .refused(refusal)
        } catch {
            return .refused(.undone("\(error)"))
        }
    }

    /// Calls back when a receive that found nothing is to look again, or when its time is over.
    package func wait(
        _ request: ReceiveRequest, at place: ReceivePlace, until deadline: Interval,
        resume: @escaping @Sendable () -> Void
    ) -> ReceiveWait {
        let (entry, number) = groups.wait(place.group, request, until: deadline, seen: place.seen, resume: resume)
        switch entry {
        case .waits: return .begun(number: number)
        case .looksAgain: return .looksAgain
        case .isFull:
            return .refused(.overloaded("\(settings.waitersMax) receives wait", retryAfter: .seconds(1)))
        }
    }

    /// Ends a wait before its time: it calls back.
    package func endWait(_ number: UInt64, at place: ReceivePlace) { groups.endWait(number, of: place.group) }

    /// A receive that was woken looks no more: what it was woken for is for the next.
    package func passOn(_ request: ReceiveRequest, at place: ReceivePlace) { groups.passOn(place.group, request) }
}
