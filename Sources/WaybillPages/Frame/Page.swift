import WaybillAPI
import WaybillCore

/// A page before its frame is around it.
struct Page: Sendable {
    var title: String
    /// Nil: it belongs to none, as the page for signing in.
    var place: Place?
    var status = 200
    var content: HTML
    /// The stream that says when the page has changed; nil: it does not change by itself.
    var live: String?
    /// The last event that it knows of.
    var asOf: Position?
    /// The moment that it shows when that is not now.
    var past: Moment?
    /// Further words of its foot.
    var foot = HTML()

    init(_ title: String, at place: Place?, @HTMLBuilder _ content: () -> HTML) {
        self.title = title
        self.place = place
        self.content = content()
    }
}

/// What a request of a browser comes to.
enum Outcome: Sendable {
    case page(Page)
    /// Another address of this server, asked for with GET.
    case elsewhere(String)
    /// An answer that is no page, such as a stream.
    case reply(Reply)
}
