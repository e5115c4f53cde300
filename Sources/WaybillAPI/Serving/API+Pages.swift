import Waybill
import WaybillBroker
package import WaybillCore
import WaybillEngine

extension API {
    /// Whether an operation has this path, with whatever method.
    package func hasOperation(at target: String) -> Bool {
        let segments: [Text]
        do throws(Problem) { segments = try RequestTarget(target).segments } catch { return false }
        switch routes.match("OPTIONS", segments) {
        case .found, .otherMethods: return true
        case .nothing: return false
        }
    }

    /// Writes in the audit what a face did that is no operation, such as letting someone in.
    ///
    /// - Parameter caller: who did it; empty: that is not known.
    package func note(
        _ type: EventName, _ values: RefusalValues, by caller: Text, from: Text, requestID: Text
    ) async {
        let origin = Origin(caller: caller, from: from, requestID: requestID)
        do throws(Problem) {
            try await served.book.ask { book in try await book.engine.audit(Act(type, values), by: origin) }
        } catch {
            // What is written nowhere any more is told by the vitals; who looks at them must get in all the same.
            return
        }
    }
}

extension ServedBook {
    /// The name of its file without its folder; empty: it is in memory.
    package var fileName: String { book.path.map { String($0.split(separator: "/").last ?? "") } ?? "" }
}
