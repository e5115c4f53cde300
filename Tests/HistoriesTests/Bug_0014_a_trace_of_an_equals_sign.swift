import Histories
import Testing
import WaybillCore

@Suite struct `A trace that somebody else wrote` {
    @Test(arguments: ["=", "==", "a=", "=a", " = ", "recorded=", "without=@", "without=", "status", ""])
    func `is passed over, however odd`(trace: String) {
        let note = HistoryNote(trace: Text(trace))
        #expect(note.trace(after: nil) == nil || trace.hasPrefix("status") || trace.hasPrefix("recorded"))
    }
}
