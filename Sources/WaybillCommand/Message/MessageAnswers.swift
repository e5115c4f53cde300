import WaybillAPI
import WaybillCore

extension DatabaseOptions {
    /// One sentence for people, or one object for programs.
    func answer(_ sentence: String, _ members: (inout JSONWriter) -> Void) {
        guard json else { return Output.standard.line(sentence.printable) }
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        writer.print()
    }
}
